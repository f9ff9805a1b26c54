import { expect, test } from 'vitest'
import { cell, load, record, run, runData } from '../../test/builders.ts'
import type { Truth, TruthRequest } from '../model/truth.ts'
import { deriveCalibration, errorsOf } from './derive.ts'
import { calibrationLoad, shapeKey, shapeOf } from './shape.ts'
import { timelineOf } from './timeline.ts'

const written = (requestId: string, arrivalMs: number, eventMs: readonly number[]): TruthRequest => ({
  requestId,
  connection: 0,
  position: 0,
  arrivalNs: arrivalMs * 1e6,
  eventNs: eventMs.map((ms) => ms * 1e6),
  tokens: eventMs.length,
  complete: true,
})
const truthOf = (...requests: TruthRequest[]): Truth => ({ epochMonotonicNs: '0', requests, unlogged: 0 })

test('errors are per event: stamp less write, gap less gap, TTFT less TTFT', () => {
  const records = [record({ intended: 0.5, dispatched: 1, sent: 1, at: [11.25, 21.5], end: 22 })]
  const errors = errorsOf(run(), records, truthOf(written('run-0-0', 1.25, [11, 21])))
  // Reported 10.25 after sending; the server wrote 9.75 after its read.
  expect([...errors.ttftMs]).toEqual([0.5])
  expect([...errors.eventMs]).toEqual([0.25, 0.5])
  expect([...errors.itlMs]).toEqual([0.25])
  expect([...errors.latenessMs]).toEqual([0.5])
  expect(errors.unexplained).toBe(0)
})

test('clocks of two processes are joined by their epochs', () => {
  const records = [record({ sent: 1, at: [11], end: 12 })]
  // The client's epoch lies 5 ms after the server's.
  const mine = run({ clock: { epochMonotonicNs: '5000000', epochWall: '2026-01-02T03:04:05.000Z' } })
  const errors = errorsOf(mine, records, truthOf(written('run-0-0', 6, [15.5])))
  expect([...errors.eventMs]).toEqual([0.5])
})

test('requests the server does not know, or with more events than it wrote, are unexplained', () => {
  const records = [
    record({ index: 0, sent: 1, at: [11], end: 12 }),
    record({ index: 1, sent: 1, at: [11, 12], end: 12 }),
    record({ index: 2, sent: 1, end: 12 }),
  ]
  const errors = errorsOf(run(), records, truthOf(written('run-0-1', 1, [10])))
  expect(errors.unexplained).toBe(2)
  expect(errors.eventMs).toHaveLength(0)
})

test('a calibration sums up its errors and how much was going on', () => {
  const records = [
    record({ index: 0, sent: 0, at: [10, 1010], end: 1010 }),
    record({ index: 1, sent: 500, at: [511, 1512], end: 2000 }),
    record({ index: 2, sent: 1010, at: [1020, 2000], end: 2000 }),
  ]
  const truth = truthOf(
    written('run-0-0', 0, [10, 1010]),
    written('run-0-1', 500, [510, 1510]),
    written('run-0-2', 1010, [1020, 2000]),
  )
  const facts = {
    createdAt: '2026-01-02T03:04:05.000Z',
    cached: false,
    transport: 'http1',
    timing: 'replay',
  } as const
  const found = deriveCalibration(runData(records), truth, facts)
  expect(found).toMatchObject({
    ...facts,
    seconds: 2,
    requests: 3,
    events: 6,
    eventsPerSecond: 3,
    disturbedSeconds: 0,
  })
  // One ends as the next is sent: never three at once.
  expect(found.peakStreams).toBe(2)
  expect(found.ttft).toEqual({ n: 3, biasMs: 1 / 3, p50Ms: 0, p99Ms: expect.closeTo(0.98, 6), maxMs: 1 })
  expect(found.event).toMatchObject({ n: 6, biasMs: 0.5, maxMs: 2 })
  expect(found.lateness).toBeUndefined()
})

test('a timeline is what the server shall play back: events after sending, first tokens no later than asked', () => {
  const records = [
    record({ index: 0, sent: 1000, at: [1800, 1820.5], tokens: [1, 3], end: 1821 }),
    record({ index: 1, sent: 1000, end: 1821 }),
    record({ index: 2, sent: 0, at: [5], end: 6 }),
  ]
  expect([...timelineOf(records)].map((line) => JSON.parse(line))).toEqual([
    { index: 0, atUs: [800_000, 820_500], tokens: [1, 3] },
    { index: 2, atUs: [5000] },
  ])
  const [first] = timelineOf(records, { longestTtftMs: 500 })
  expect(JSON.parse(first ?? '')).toMatchObject({ atUs: [500_000, 520_500] })
})

test('the shape of a load is its medians and its mean number in flight', () => {
  const records = [0, 1, 2].map((index) =>
    record({ index, sent: 0, at: [100, 110, 130], end: 1000 * (index + 1) }),
  )
  expect(shapeOf(records)).toEqual({ inFlight: 2, ttftMs: 100, gapMs: 15, events: 3, replyS: 2 })
  expect(shapeOf([record({ sent: 0, end: 5 })])).toBeUndefined()
})

test('a calibration keeps the pacing of the run, unless its replies are too long for it', () => {
  const shape = { inFlight: 40, ttftMs: 100, events: 10, replyS: 0.5 }
  const poisson = load({ pacing: { kind: 'poisson', ratePerSecond: 80 }, warmup: { requests: 5 } })
  expect(calibrationLoad(poisson, shape, 2)).toMatchObject({
    pacing: poisson.pacing,
    warmup: {},
    until: { durationS: 2 },
  })
  expect(calibrationLoad(poisson, { ...shape, replyS: 20 }, 2).pacing).toEqual({
    kind: 'concurrency',
    concurrency: 40,
  })
  const burst = load({ pacing: { kind: 'burst', burst: 400 } })
  expect(calibrationLoad(burst, { ...shape, replyS: 20 }, 2)).toMatchObject({
    pacing: burst.pacing,
    until: { requests: 400 },
  })
  const users = load({ pacing: { kind: 'users', users: 8, rampS: 60 } })
  expect(calibrationLoad(users, shape, 2).pacing).toEqual({ kind: 'users', users: 8, rampS: 0.5 })
})

test('shapes that differ little share a calibration, others and other hosts do not', () => {
  const shape = { inFlight: 40, ttftMs: 100, gapMs: 10, events: 64, replyS: 1 }
  const key = shapeKey(run(), shape)
  expect(shapeKey(run({ id: 'run-7' }), { ...shape, ttftMs: 104 })).toBe(key)
  expect(shapeKey(run(), { ...shape, gapMs: 30 })).not.toBe(key)
  expect(shapeKey(run({ workers: 2 }), shape)).not.toBe(key)
  expect(shapeKey(run({ host: { ...run().host, node: 'v22.0.0' } }), shape)).not.toBe(key)
  const other = cell({ load: load({ pacing: { kind: 'concurrency', concurrency: 9 } }) })
  expect(shapeKey(run({ cell: other }), shape)).not.toBe(key)
})
