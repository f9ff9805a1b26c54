import { cpuUsage, memoryUsage } from 'node:process'
import type { HostReading, Watch } from '../model/health.ts'
import { throttledMs } from './cgroup.ts'
import { present, readText } from './proc.ts'

/** The kernel counts CPU time in hundredths of a second, whatever its own tick is (USER_HZ). */
const msPerTick = 10

const counters = [
  'stealMs',
  'hostCpuMs',
  'processCpuMs',
  'throttledMs',
  'synRetransmits',
  'listenOverflows',
] as const
type Totals = { readonly [counter in (typeof counters)[number]]?: number }

/** Watches this host and this process. */
export function watchHost(): Watch<HostReading> {
  let before = totals()
  return {
    read() {
      const now = totals()
      const since: { [counter in (typeof counters)[number]]?: number } = {}
      for (const counter of counters) {
        const [from, to] = [before[counter], now[counter]]
        if (from !== undefined && to !== undefined) since[counter] = to - from
      }
      before = now
      return { ...since, ...present('rssBytes', residentBytes()) }
    },
    close() {},
  }
}

/** Node opens a file of procfs for it, and throws when this process has no descriptor left. */
function residentBytes(): number | undefined {
  try {
    return memoryUsage.rss()
  } catch {
    return undefined
  }
}

function totals(): Totals {
  const { user, system } = cpuUsage()
  return {
    ...cpuTimes(),
    processCpuMs: (user + system) / 1e3,
    ...present('throttledMs', throttledMs()),
    ...tcpCounters(readText('/proc/self/net/netstat') ?? ''),
  }
}

/** Of all cores since boot (proc(5), the first line of /proc/stat). */
function cpuTimes(): Totals {
  const ticks = /^cpu\s+(.*)$/m
    .exec(readText('/proc/stat') ?? '')?.[1]
    ?.split(' ')
    .map(Number)
  if (ticks === undefined) return {}
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks
  return { stealMs: steal * msPerTick, hostCpuMs: (user + nice + system + irq + softirq) * msPerTick }
}

/** The kernel's TcpExt table: a line of names and a line of values. */
export function tcpCounters(netstat: string): Totals {
  const [names = '', values = ''] = netstat.split('\n').filter((line) => line.startsWith('TcpExt:'))
  const counterNamed = (name: string) => {
    const at = names.split(' ').indexOf(name)
    return at < 0 ? undefined : Number(values.split(' ')[at])
  }
  return {
    ...present('synRetransmits', counterNamed('TCPSynRetrans')),
    ...present('listenOverflows', counterNamed('ListenOverflows')),
  }
}
