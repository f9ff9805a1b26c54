import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, hostname, platform, release, totalmem } from 'node:os'
import type { HostInfo } from '../model/run.ts'

/** Describes the machine that makes the load. What procfs does not tell (outside Linux) is absent. */
export function readHost(): HostInfo {
  const cores = cpus()
  const quota = cgroupCpuQuotaCores()
  const affinity = field('/proc/self/status', /^Cpus_allowed_list:\s*(\S+)/m)
  return {
    hostname: hostname(),
    platform: platform(),
    kernel: release(),
    arch: arch(),
    ...(cores[0] === undefined ? {} : { cpu: cores[0].model.trim() }),
    cores: cores.length,
    usableCores: usableCores(),
    memoryBytes: totalmem(),
    ...present('governor', read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim()),
    ...present('cgroupCpuQuotaCores', quota),
    ...present('affinity', affinity),
    ...present('somaxconn', numberOf(read('/proc/sys/net/core/somaxconn'))),
    ...present('descriptorLimit', numberOf(field('/proc/self/limits', /^Max open files\s+(\d+)/m))),
    ...present('steal', stealShare()),
    node: process.version,
    nodeFlags: process.execArgv,
  }
}

/** Cores this process may use: affinity, further limited by the cgroup's CPU quota; at least 1. */
export function usableCores(): number {
  const quota = cgroupCpuQuotaCores()
  return quota === undefined
    ? availableParallelism()
    : Math.max(1, Math.min(availableParallelism(), Math.floor(quota)))
}

/** Identifies this boot: instants of different boots are never compared. */
export function bootId(): string | undefined {
  return read('/proc/sys/kernel/random/boot_id')?.trim()
}

function cgroupCpuQuotaCores(): number | undefined {
  const groups = read('/proc/self/cgroup') ?? ''
  const v2 = /^0::(.*)$/m.exec(groups)?.[1]
  const [quota, period] = (read(`/sys/fs/cgroup${v2 ?? ''}/cpu.max`) ?? '').trim().split(' ')
  if (quota !== undefined && /^\d+$/.test(quota)) return Number(quota) / Number(period)
  const v1 = /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1]
  const folder = `/sys/fs/cgroup/cpu${v1 ?? ''}`
  const quotaUs = numberOf(read(`${folder}/cpu.cfs_quota_us`))
  const periodUs = numberOf(read(`${folder}/cpu.cfs_period_us`))
  return quotaUs === undefined || periodUs === undefined || quotaUs <= 0 ? undefined : quotaUs / periodUs
}

/** Share of CPU time since boot that the hypervisor gave to others (proc(5), /proc/stat, eighth column). */
function stealShare(): number | undefined {
  const times = field('/proc/stat', /^cpu\s+(.*)$/m)
    ?.split(' ')
    .map(Number)
  const steal = times?.[7]
  if (times === undefined || steal === undefined) return undefined
  const total = times.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0)
  return total === 0 ? undefined : steal / total
}

function field(path: string, pattern: RegExp): string | undefined {
  return pattern.exec(read(path) ?? '')?.[1]
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}

function present<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: T })
}
