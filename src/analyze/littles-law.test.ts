import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failed, record, runData } from '../../test/builders.ts'
import type { HealthRow } from '../model/health.ts'
import type { RequestRecord } from '../model/record.ts'
import type { RunData } from '../model/run-data.ts'
import { littlesLawFindings, littlesLawOf } from './littles-law.ts'
import { measureRun } from './measure.ts'

/** A reading of one worker at an instant (s). */
function reading(atS: number, inFlight: number, worker = 0): HealthRow {
  return {
    worker,
    atNs: atS * 1e9,
    seconds: 1,
    gcMinorMs: 0,
    gcMajorMs: 0,
    gcIncrementalMs: 0,
    gcWeakCallbackMs: 0,
    gcMaxMs: 0,
    pollingMs: 0,
    dispatches: 0,
    events: 0,
    coalesced: 0,
    inFlight,
    sockets: 0,
    connects: 0,
  }
}

/** A run whose measured window is from 10 s to 20 s. */
function run(records: readonly RequestRecord[], health: readonly HealthRow[] = []): RunData {
  const phases = [{ name: 'measure', startNs: 10e9, stopNs: 20e9 }]
  return { ...runData(records, { phases }), health }
}

/** A request in flight from `from` to `to` (s). */
function request(from: number, to: number | undefined, more: { worker?: number; phase?: number } = {}) {
  const made = record({
    dispatched: from * 1000,
    sent: from * 1000,
    ...(to === undefined ? {} : { end: to * 1000 }),
    phase: more.phase ?? 1,
  })
  return { ...made, worker: more.worker ?? 0 }
}

function check(data: RunData) {
  return littlesLawOf(measureRun(data))
}

/** Two of the warm-up, one of which reaches into the window; two whole ones; one cut by the end of the window. */
const story = [
  request(5, 9, { phase: 0 }),
  request(6, 12, { phase: 0 }),
  request(11, 14),
  request(13, 18),
  request(16, 24),
]

test('rate × mean time is the mean in flight, but for what the edges of the window cut', () => {
  // Arrivals at 11, 13 and 16 s, 3 + 5 + 8 s long; inside the window 2 + 3 + 5 + 4 s.
  const [law, ...others] = check(run(story))
  expect(others).toEqual([])
  expect(law).toMatchObject({
    run: 'run-0',
    id: 'littles-law',
    arrivalsPerSecond: 0.3,
    product: 1.6,
    inFlight: 1.4,
    carriedIn: 0.2,
    carriedOut: 0.4,
    holds: true,
  })
  expect(law?.meanTimeMs).toBeCloseTo(16_000 / 3, 9)
  expect(law?.counted).toBeUndefined()
})

test('failed requests were in flight too; dropped ones never', () => {
  const dropped = record({ intended: 12_000, outcome: { kind: 'dropped' } })
  const broken = { ...request(12, 13), outcome: failed('reset') }
  expect(check(run([...story, dropped, broken]))).toMatchObject([{ arrivalsPerSecond: 0.4, inFlight: 1.5 }])
})

test('a request that never ended was in flight up to the end of the window', () => {
  expect(check(run([request(18, undefined)]))).toMatchObject([{ product: 0.2, inFlight: 0.2, carriedOut: 0 }])
})

test('the client’s readings are held against the records at the same instants', () => {
  // At 9.5 s no reading counts: it is before the window. In flight at 11.5: 2, at 15: 1, at 17: 2, at 19: 1.
  const health = [reading(9.5, 7), reading(11.5, 2), reading(15, 1), reading(17, 2), reading(19, 1)]
  expect(check(run(story, health))).toMatchObject([
    { counted: { readings: 4, inFlight: 1.5, byRecords: 1.5, tolerance: 0.5 }, holds: true },
  ])
})

test('the means of several workers are added up, though they read at different instants', () => {
  const records = [request(10, 20), request(10, 20, { worker: 1 }), request(15, 19, { worker: 1 })]
  const health = [reading(12, 1), reading(12.5, 1, 1), reading(16, 1), reading(16.5, 2, 1)]
  expect(check(run(records, health))).toMatchObject([
    { counted: { readings: 4, inFlight: 2.5, byRecords: 2.5 }, holds: true },
  ])
})

test.each([
  { counted: 100, missing: 1, holds: true },
  { counted: 100, missing: 2, holds: false },
  { counted: 8, missing: 0, holds: true },
  { counted: 8, missing: 1, holds: false },
])('$missing of $counted requests without a record: the law holds is $holds', ({
  counted,
  missing,
  holds,
}) => {
  const records = Array.from({ length: counted - missing }, () => request(10, 20))
  const health = [reading(12, counted), reading(13, counted)]
  const checks = check(run(records, health))
  expect(checks).toMatchObject([{ holds }])
  expect(littlesLawFindings(checks).map(({ code, severity, run: id }) => [code, severity, id])).toEqual(
    holds ? [] : [['littles-law', 'warning', 'run-0']],
  )
})

test('the finding states what was counted, what the records say and the tolerance', () => {
  const [finding] = littlesLawFindings(check(run([request(10, 20)], [reading(12, 3), reading(13, 4)])))
  expect(finding?.message).toBe(
    'The client counted 3.50 requests in flight on average over 2 readings; its records have 1.00 at the same instants, and rate × mean time gives 1.00. More than 0.500 apart, they do not tell of the same requests.',
  )
})

test('nothing is checked where nothing was taken up in the window', () => {
  expect(check(run([]))).toEqual([])
  expect(check(run([request(5, 12, { phase: 0 })]))).toEqual([])
})

test('over any requests, and cut however, the mean in flight is rate × time + carried in − carried out', () => {
  const second = fc.integer({ min: 0, max: 30_000 }).map((ms) => ms / 1000)
  const anyRequest = fc.tuple(second, second).map(([a, b]) => request(Math.min(a, b), Math.max(a, b)))
  fc.assert(
    fc.property(fc.array(anyRequest, { minLength: 1, maxLength: 30 }), (records) => {
      for (const { inFlight, product, carriedIn, carriedOut } of check(run(records))) {
        expect(inFlight).toBeCloseTo(product + carriedIn - carriedOut, 9)
      }
    }),
  )
})
