import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Exchange, type Line } from './exchange.ts'
import { noBytes } from './framing.ts'
import type { Reply } from './reply.ts'
import { Scheduler } from './scheduler.ts'
import { TruthLog } from './truth-log.ts'

/** Time moves only where a test moves it; every reading of the clock costs 1 ns. */
function exchangeOf(flood: boolean, reply: Partial<Reply> & Pick<Reply, 'steps' | 'dueNs' | 'bytes'>) {
  const time = { nowNs: 0 }
  const clock = { epochMonotonicNs: '0', now: () => time.nowNs++ }
  const writes: Buffer[] = []
  const socket = { writableLength: 0, write: (bytes: Buffer) => writes.push(bytes) }
  const log = new TruthLog()
  const row = log.begin({ requestId: 'a', connection: 0, position: 0, fault: undefined, arrivalNs: 0 })
  const scheduler = new Scheduler(clock, { after: () => () => {}, soon: () => {} })
  const ended: string[] = []
  const line: Line = {
    socket: socket as unknown as Socket,
    clock,
    scheduler,
    flood,
    onFlushed() {},
    onEnd: (ending) => void ended.push(ending),
  }
  const whole: Reply = {
    head: noBytes,
    events: () => 1,
    tokens: () => 1,
    answer: () => 0,
    ending: 'keep',
    ...reply,
  }
  const exchange = new Exchange(line, { reply: whole, truth: { log, row } }, 0)
  exchange.begin()
  return { exchange, time, writes, socket, log, ended }
}

test('a flood packs what is due into writes of up to 16 KiB and cuts no event', () => {
  const { exchange, time, writes, log, ended } = exchangeOf(true, {
    steps: 40,
    dueNs: () => 0,
    bytes: (step) => Buffer.alloc(1000, step),
  })
  time.nowNs = 5000
  const nexts = [exchange.fire(), exchange.fire(), exchange.fire()]
  expect(nexts).toEqual([0, 0, undefined])
  expect(writes.map(({ length }) => length)).toEqual([16_000, 16_000, 8000])
  expect(Buffer.concat(writes)).toEqual(
    Buffer.concat(Array.from({ length: 40 }, (_, step) => Buffer.alloc(1000, step))),
  )
  expect(ended).toEqual(['keep'])
  // Each write reads the clock twice: what is due by then, and the instant of the write.
  const [request] = log.truth('0').requests
  expect(request?.eventNs).toEqual([
    ...Array<number>(16).fill(5001),
    ...Array<number>(16).fill(5003),
    ...Array<number>(8).fill(5005),
  ])
  expect([request?.tokens, request?.complete]).toEqual([40, true])
})

test('a flood sends nothing before it is due, and states lateness per event', () => {
  const { exchange, time, writes, log } = exchangeOf(true, {
    steps: 10,
    dueNs: (step) => step * 1_000_000,
    bytes: () => Buffer.alloc(10),
  })
  time.nowNs = 3_999_999
  expect(exchange.fire()).toBe(4_000_000)
  expect(writes.map(({ length }) => length)).toEqual([40])
  expect(log.lateness()).toEqual({ events: 4, p50Ms: 2, p99Ms: 4, maxMs: 4 })
})

test('an event longer than a write may be goes out whole, by itself', () => {
  const { exchange, writes } = exchangeOf(true, {
    steps: 3,
    dueNs: () => 0,
    bytes: (step) => Buffer.alloc(step === 1 ? 50_000 : 10),
  })
  while (exchange.fire() !== undefined);
  expect(writes.map(({ length }) => length)).toEqual([10, 50_000, 10])
})

test.each([true, false])('nothing is written while the kernel holds back a write (flood: %s)', (flood) => {
  const { exchange, writes, socket } = exchangeOf(flood, {
    steps: 2,
    dueNs: (step) => step * 1000,
    bytes: () => Buffer.alloc(10),
  })
  socket.writableLength = 1
  expect(exchange.fire()).toBeUndefined()
  expect(writes).toEqual([])
  socket.writableLength = 0
  exchange.flushed()
  expect(exchange.fire()).toBe(1000)
  expect(writes).toHaveLength(1)
})

test('without a flood every event that is due has a write of its own', () => {
  const { exchange, time, writes } = exchangeOf(false, {
    steps: 3,
    dueNs: () => 0,
    bytes: () => Buffer.alloc(10),
  })
  time.nowNs = 5000
  expect([exchange.fire(), exchange.fire(), exchange.fire()]).toEqual([0, 0, undefined])
  expect(writes).toHaveLength(3)
})
