import { beforeEach, describe, expect, test } from 'vitest'
import { VirtualTime } from '../../test/virtual-time.ts'
import type { HealthRow } from '../model/health.ts'
import type { RecordBlock } from '../model/record-block.ts'
import { outcomeCodes, requestColumns } from '../model/record-block.ts'
import type { Wire, WireSink } from '../model/wire.ts'
import { runConcurrency, runUsers } from './closed-loop.ts'
import { SharedControl } from './control.ts'
import { Dispatcher } from './dispatcher.ts'
import { HealthMeter } from './health-meter.ts'
import { runOpenLoop } from './open-loop.ts'
import { makePacer } from './pacer.ts'
import { column, Recorder } from './recorder.ts'

/** A target that answers every request with one token after `replyMs`, in virtual time. */
class FakeWire implements Wire {
  readonly sent: { index: number; atMs: number }[] = []
  readonly cancelled: number[] = []
  readonly #time: VirtualTime
  readonly #replyMs: number

  constructor(time: VirtualTime, replyMs: number) {
    this.#time = time
    this.#replyMs = replyMs
  }

  encode(index: number) {
    return { index, bytes: new Uint8Array(1), echoes: [] }
  }

  readonly connections = { open: 1, made: 1 }
  async open() {}
  close() {}

  send({ index }: { index: number }, sink: WireSink) {
    this.sent.push({ index, atMs: this.#time.now() / 1e6 })
    sink.endpoint(0)
    sink.sent(this.#time.now())
    let open = true
    this.#time.after(this.#replyMs, () => {
      if (!open) return
      sink.headers(this.#time.now(), 200)
      sink.arrived(this.#time.now(), 5)
      sink.event(1, 1, Buffer.from('hello'), 0, 5)
      sink.ended(this.#time.now())
    })
    return {
      cancel: () => {
        open = false
        this.cancelled.push(index)
      },
    }
  }
}

const noGc = { gcMinorMs: 0, gcMajorMs: 0, gcIncrementalMs: 0, gcWeakCallbackMs: 0, gcMaxMs: 0 }

let time: VirtualTime
let control: SharedControl
let blocks: RecordBlock[]
let recorder: Recorder
let health: HealthMeter
let rows: HealthRow[]

beforeEach(() => {
  time = new VirtualTime()
  control = new SharedControl(1)
  blocks = []
  rows = []
  health = new HealthMeter(0, time, {
    thread: { read: () => noGc, close() {} },
    sink: {
      append: async (added) => void rows.push(...added),
      close: async () => {},
    },
  })
  recorder = new Recorder({
    sink: {
      append: async (appended) => {
        for (const block of appended) {
          blocks.push({ ...block, requests: { ...block.requests, rows: block.requests.rows.slice() } })
        }
      },
      close: async () => {},
    },
    worker: 0,
    capture: 'text',
    onFailure: () => {},
  })
})

function dispatcherOver(wire: Wire, timeoutS = 60) {
  return new Dispatcher({ wire, clock: time, recorder, control, health, worker: 0, timeoutS, secrets: [] })
}

/** Outcome of each request by index, as the journal has it. */
async function outcomes(): Promise<Map<number, string>> {
  await recorder.close()
  const found = new Map<number, string>()
  for (const { requests } of blocks) {
    for (let i = 0; i < requests.count; i++) {
      const row = requests.rows.subarray(i * requestColumns.length)
      found.set(row[column.index] ?? -1, outcomeCodes[row[column.outcome] ?? 0] ?? '')
    }
  }
  return found
}

const everyMs = (gapMs: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, phase: 1, offsetNs: index * gapMs * 1e6 })).values()

describe('open loop', () => {
  const options = (dispatcher: Dispatcher, arrivals: ReturnType<typeof everyMs>, maxInFlight = 100) => ({
    arrivals,
    startNs: 0,
    maxInFlight,
    encodedAhead: 4,
    dispatcher,
    pacer: makePacer(time, time, true, health),
    timers: time,
  })

  test('keeps sending while replies are late', async () => {
    const wire = new FakeWire(time, 1000)
    const dispatcher = dispatcherOver(wire)
    const done = runOpenLoop(options(dispatcher, everyMs(10, 20)))
    await time.run(195)
    await done
    expect(dispatcher.inFlight).toBe(20)
    for (const { index, atMs } of wire.sent) {
      expect(atMs).toBeGreaterThanOrEqual(index * 10)
      expect(atMs).toBeLessThan(index * 10 + 0.05)
    }
  })

  test('arrivals over the limit in flight are dropped and counted, never sent late', async () => {
    const wire = new FakeWire(time, 25)
    const dispatcher = dispatcherOver(wire)
    const done = runOpenLoop(options(dispatcher, everyMs(10, 6), 2))
    await time.run(200)
    await done
    expect(wire.sent.map((sent) => sent.index)).toEqual([0, 1, 3, 4])
    expect(dispatcher.counts[1]).toEqual({ planned: 6, completed: 4, failed: 0, cancelled: 0, dropped: 2 })
    expect([...(await outcomes())]).toEqual(
      expect.arrayContaining([
        [2, 'dropped'],
        [5, 'dropped'],
        [4, 'completed'],
      ]),
    )
  })

  test('a burst is sent whole, in batches that let sockets be read', async () => {
    const wire = new FakeWire(time, 1000)
    const done = runOpenLoop(options(dispatcherOver(wire), everyMs(0, 100)))
    await time.run(1)
    await done
    expect(wire.sent.map((sent) => sent.index)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(new Set(wire.sent.map((sent) => sent.atMs)).size).toBe(4)
  })

  test('stops at once when told to, however far the next arrival is', async () => {
    const wire = new FakeWire(time, 1)
    const dispatcher = dispatcherOver(wire)
    const done = runOpenLoop(options(dispatcher, everyMs(60_000, 3)))
    await time.run(10)
    control.stop()
    dispatcher.tend()
    await done
    expect(wire.sent).toHaveLength(1)
  })
})

describe('closed loop', () => {
  test('each reply frees its slot for the next request of the shared counter', async () => {
    const wire = new FakeWire(time, 10)
    const dispatcher = dispatcherOver(wire)
    const next = () => {
      const index = control.takeIndex()
      return index < 7 ? { index, phase: 1 } : undefined
    }
    const done = runConcurrency({ slots: 3, next, dispatcher })
    await time.run(100)
    await done
    expect(wire.sent).toEqual([0, 0, 0, 10, 10, 10, 20].map((atMs, index) => ({ index, atMs })))
  })

  test('users begin at their instants and send their own requests one after the other', async () => {
    const wire = new FakeWire(time, 30)
    const users = [0, 1].map((id) => {
      let sent = 0
      return {
        id,
        startNs: id * 20e6,
        next: () => (sent < 2 ? { index: id + 2 * sent++, phase: 1 } : undefined),
      }
    })
    const done = runUsers({
      users,
      dispatcher: dispatcherOver(wire),
      pacer: makePacer(time, time, true, health),
    })
    await time.run(200)
    await done
    expect(wire.sent.map(({ index, atMs }) => [index, Math.round(atMs)])).toEqual([
      [0, 0],
      [1, 20],
      [2, 30],
      [3, 50],
    ])
  })

  test('users that have not begun never begin after a stop', async () => {
    const wire = new FakeWire(time, 1)
    const dispatcher = dispatcherOver(wire)
    const users = [{ id: 0, startNs: 1e9, next: () => ({ index: 0, phase: 1 }) }]
    const done = runUsers({ users, dispatcher, pacer: makePacer(time, time, true, health) })
    control.stop()
    dispatcher.tend()
    await done
    expect(wire.sent).toEqual([])
  })
})

describe('requests in flight', () => {
  test('time out with a record of their own', async () => {
    const wire = new FakeWire(time, 10_000)
    const dispatcher = dispatcherOver(wire, 2)
    dispatcher.dispatch({ index: 0, phase: 1 })
    await time.run(1999)
    dispatcher.tend()
    expect(dispatcher.inFlight).toBe(1)
    await time.run(2001)
    dispatcher.tend()
    expect(dispatcher.inFlight).toBe(0)
    expect(wire.cancelled).toEqual([0])
    expect((await outcomes()).get(0)).toBe('failed')
  })

  test('are announced when a flush finds them unended, and replaced by their end', async () => {
    const dispatcher = dispatcherOver(new FakeWire(time, 10))
    dispatcher.dispatch({ index: 5, phase: 1 })
    recorder.flush()
    await time.run(0)
    expect(blocks.map((block) => block.requests.rows[column.outcome])).toEqual([
      outcomeCodes.indexOf('inFlight'),
    ])
    await time.run(20)
    expect((await outcomes()).get(5)).toBe('completed')
    expect(blocks).toHaveLength(2)
  })

  test('are cancelled on command', async () => {
    const wire = new FakeWire(time, 10_000)
    const dispatcher = dispatcherOver(wire)
    dispatcher.dispatch({ index: 0, phase: 0 })
    dispatcher.dispatch({ index: 1, phase: 1 })
    const drained = dispatcher.drained()
    control.cancel('user')
    dispatcher.tend()
    await drained
    expect([...(await outcomes()).values()]).toEqual(['cancelled', 'cancelled'])
    expect(control.total('cancelled')).toBe(2)
    expect(control.total('inFlight')).toBe(0)
  })
})

test('what a full disk swallows is counted, and the run is told once', async () => {
  const told: unknown[] = []
  recorder = new Recorder({
    sink: { append: () => Promise.reject(new Error('no space')), close: async () => {} },
    worker: 0,
    capture: 'none',
    retry: { times: 1, delayMs: 0 },
    onFailure: (error) => told.push(error),
  })
  const dispatcher = dispatcherOver(new FakeWire(time, 1))
  for (let index = 0; index < 3; index++) {
    dispatcher.dispatch({ index, phase: 1 })
    await time.run(index * 10 + 5)
    recorder.flush()
  }
  await recorder.close()
  expect(told).toEqual([new Error('no space')])
  expect(recorder.lostRecords).toBe(3)
})

test('rows that a full disk refused are written once there is space again', async () => {
  let full = true
  recorder = new Recorder({
    sink: {
      append: async (appended) => {
        if (full) throw new Error('no space')
        blocks.push(...appended)
      },
      close: async () => {},
    },
    worker: 0,
    capture: 'none',
    retry: { times: 1, delayMs: 0 },
    onFailure: () => {
      full = false
    },
  })
  dispatcherOver(new FakeWire(time, 1)).dispatch({ index: 0, phase: 1 })
  await time.run(5)
  await recorder.close()
  expect(blocks).toHaveLength(1)
  expect(recorder.lostRecords).toBe(0)
})

describe('health', () => {
  test('a second says what was sent, how late, what came in, and how long the loop only looked at the clock', async () => {
    const wire = new FakeWire(time, 5)
    const dispatcher = dispatcherOver(wire)
    health.begin()
    const done = runOpenLoop({
      arrivals: [0, 10, 20]
        .map((atMs, index) => ({ index, phase: 1, offsetNs: atMs * 1e6 }))
        [Symbol.iterator](),
      startNs: time.now(),
      maxInFlight: 10,
      encodedAhead: 4,
      dispatcher,
      pacer: makePacer(time, time, true, health),
      timers: time,
    })
    await time.run(1000)
    await done
    await health.flush(dispatcher.inFlight, wire)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      worker: 0,
      atNs: 1e9,
      seconds: 1,
      dispatches: 3,
      events: 3,
      coalesced: 0,
    })
    expect(rows[0]).toMatchObject({ inFlight: 0, sockets: 1, connects: 1, latenessMaxMs: 0 })
    // Two waits of 2 ms each.
    expect(rows[0]?.pollingMs).toBeCloseTo(4, 6)
  })
})
