import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { makeClock } from '../model/clock.ts'
import { tcpCounters, watchHost } from './host-watch.ts'
import { coreNumbers, coresOf, coresOfListener, listenersIn } from './listener.ts'
import { watchThread } from './thread-watch.ts'

const servers: { close(): unknown }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test('core lists are numbers and ranges', () => {
  expect([...coreNumbers('0-2,7')]).toEqual([0, 1, 2, 7])
  expect([...coreNumbers('5')]).toEqual([5])
})

test('the sockets that listen at a port are found among others of the kernel table', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1FA4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000 100 0',
    '   1: 0100007F:1FA4 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000 100 0',
    '   2: 0100007F:1FA5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000 100 0',
  ].join('\n')
  expect(listenersIn(table, 8100)).toEqual(['4711'])
  expect(listenersIn(table, 9)).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'a listener of this process has the cores of this process',
  async () => {
    const server = createServer().listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(coresOfListener(port)).toEqual(coresOf('self'))
    expect(coresOf('self')?.size).toBeGreaterThan(0)
  },
)

test('TCP counters are read by name, wherever they stand', () => {
  const netstat = [
    'TcpExt: SyncookiesSent ListenOverflows TCPSynRetrans',
    'TcpExt: 9 3 12',
    'IpExt: InNoRoutes TCPSynRetrans',
    'IpExt: 1 99',
  ].join('\n')
  expect(tcpCounters(netstat)).toEqual({ synRetransmits: 12, listenOverflows: 3 })
  expect(tcpCounters('TcpExt: A\nTcpExt: 1')).toEqual({})
})

/** Keeps the thread busy until it has had this much of a core, however busy the machine is. */
function compute(cpuMs: number): void {
  const before = process.cpuUsage()
  for (;;) {
    const { user, system } = process.cpuUsage(before)
    if (user + system >= cpuMs * 1000) return
  }
}

test('a block of the event loop, and the CPU it took, are in the next reading', async () => {
  const watch = watchThread(makeClock())
  servers.push(watch)
  // The sampling timer has to have begun.
  await new Promise((resolve) => setTimeout(resolve, 30))
  watch.read()
  compute(50)
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { loopDelayMaxMs = 0, cpuMs } = watch.read()
  expect(loopDelayMaxMs).toBeGreaterThan(40)
  if (cpuMs !== undefined) expect(cpuMs).toBeGreaterThan(10)
})

test('what the host did is counted from one reading to the next', () => {
  const watch = watchHost()
  compute(30)
  const first = watch.read()
  const second = watch.read()
  expect(first.processCpuMs).toBeGreaterThan(10)
  expect(second.processCpuMs).toBeLessThan(first.processCpuMs ?? 0)
  expect(first.rssBytes).toBeGreaterThan(1e7)
})
