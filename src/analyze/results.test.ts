import { expect, test } from 'vitest'
import { cell, load, type RecordInit, record, runData, target } from '../../test/builders.ts'
import type { Result } from '../model/report.ts'
import { measureRun } from './measure.ts'
import { resultsOf } from './results.ts'

/** `count` requests at 0, 100, 200 … ms; number i has its first token after i + 1 ms and ends 50 ms after that. */
function requests(count: number, more: RecordInit = {}) {
  return Array.from({ length: count }, (_, i) =>
    record({
      index: i,
      sent: i * 100,
      at: [i * 100 + i + 1, i * 100 + i + 11],
      end: i * 100 + i + 51,
      input: 10,
      output: 2,
      ...more,
    }),
  )
}

function find(results: readonly Result[], key: Partial<Result>): Result[] {
  return results.filter((result) =>
    Object.entries(key).every(([name, value]) => result[name as keyof Result] === value),
  )
}

function one(results: readonly Result[], key: Partial<Result>): Result {
  const [first, ...others] = find(results, key)
  if (first === undefined || others.length > 0)
    throw new Error(`${others.length} others of ${JSON.stringify(key)}`)
  return first
}

test('a request metric has mean, min, max and four quantiles', () => {
  const results = resultsOf([measureRun(runData(requests(40)))])
  const ttft = find(results, { metric: 'ttft', repeat: 0 })
  expect(ttft.map(({ stat, q }) => [stat, q])).toEqual([
    ['mean', undefined],
    ['min', undefined],
    ['max', undefined],
    ['quantile', 0.5],
    ['quantile', 0.9],
    ['quantile', 0.95],
    ['quantile', 0.99],
  ])
  expect(ttft.slice(0, 3).map((result) => result.value)).toEqual([20.5, 1, 40])
  expect(ttft.every((result) => result.unit === 'ms' && result.n === 40 && result.from === 'sent')).toBe(true)
})

test('quantiles carry their interval, or what they need', () => {
  const results = resultsOf([measureRun(runData(requests(40)))])
  const ttft = { metric: 'ttft', repeat: 'pooled' } as const
  // 1 … 40: h = 39 q; the ranks of the median of 40 are 14 and 27.
  const median = one(results, { ...ttft, q: 0.5 })
  expect([median.value, median.interval]).toEqual([20.5, { low: 14, high: 27 }])
  const p90 = one(results, { ...ttft, q: 0.9 })
  expect(p90.value).toBeCloseTo(36.1, 9)
  expect(p90.interval?.high).toBe(40)
  const p95 = one(results, { ...ttft, q: 0.95 })
  expect([p95.value, p95.interval, p95.withheld]).toEqual([undefined, undefined, { needs: 72 }])
  expect(one(results, { ...ttft, q: 0.99 }).withheld).toEqual({ needs: 368 })
})

test('latencies from the planned instant exist for open loops only', () => {
  const records = requests(10, { intended: 0 })
  const closed = resultsOf([measureRun(runData(records))])
  const open = cell({ load: load({ pacing: { kind: 'poisson', ratePerSecond: 10 } }) })
  const results = resultsOf([measureRun(runData(records, { cell: open }))])
  const planned = (all: readonly Result[]) => [
    ...new Set(find(all, { from: 'intended' }).map((result) => result.metric)),
  ]
  expect(planned(closed)).toEqual([])
  expect(planned(results)).toEqual(['ttft', 'e2e-latency', 'schedule-delay'])
})

test('warm-up requests have no part in latencies', () => {
  const results = resultsOf([measureRun(runData([...requests(8, { phase: 0 }), ...requests(6)]))])
  expect(one(results, { metric: 'ttft', repeat: 0, stat: 'max' })).toMatchObject({
    value: 6,
    n: 6,
    phase: 'measure',
  })
})

test('pooled latencies hold the values of all repeats, pooled rates are means over repeats', () => {
  const first = measureRun(runData(requests(4)))
  const second = measureRun(runData(requests(2), { id: 'run-1', cell: cell({ repeat: 1 }) }))
  const results = resultsOf([first, second])
  expect(one(results, { metric: 'ttft', repeat: 'pooled', stat: 'mean' })).toMatchObject({
    value: 13 / 6,
    n: 6,
  })
  expect(one(results, { metric: 'ttft', repeat: 1, stat: 'mean' })).toMatchObject({ value: 1.5, n: 2 })
  // 4 in 0.354 s and 2 in 0.152 s.
  const rate = { metric: 'requests-per-second' } as const
  expect(one(results, { ...rate, repeat: 0 })).toMatchObject({ stat: 'value', n: 4, from: 'phase' })
  expect(one(results, { ...rate, repeat: 0 }).value).toBeCloseTo(4 / 0.354, 9)
  const pooled = one(results, { ...rate, repeat: 'pooled' })
  expect(pooled).toMatchObject({ stat: 'mean', n: 2, unit: 'requests/s' })
  expect(pooled.value).toBeCloseTo((4 / 0.354 + 2 / 0.152) / 2, 9)
})

test('a single repeat is pooled too, with the same numbers', () => {
  const results = resultsOf([measureRun(runData(requests(40)))])
  const strip = (repeat: 0 | 'pooled') =>
    find(results, { repeat })
      .filter((result) => result.from !== 'phase')
      .map((result) => ({ ...result, repeat: undefined }))
  expect(strip('pooled')).toEqual(strip(0))
})

test('numbers made of token counts say where the counts come from', () => {
  const counted = requests(3)
  const uncounted = [record({ sent: 0, at: [1, 2], end: 3 })]
  const of = (records: readonly ReturnType<typeof record>[], metric: string) =>
    one(resultsOf([measureRun(runData(records))]), {
      metric,
      repeat: 0,
      stat: metric === 'tpot' ? 'mean' : 'value',
    })
  expect(of(counted, 'tpot').source).toBe('usage')
  expect(of(uncounted, 'tpot').source).toBe('events')
  expect(of([...counted, ...uncounted], 'tpot').source).toBe('mixed')
  expect(of(counted, 'total-tokens-per-second-system').source).toBe('usage')
  expect(of(counted, 'requests-per-second').source).toBeUndefined()
})

test('rows per GPU exist when the target declares GPUs', () => {
  const metric = 'output-tokens-per-second-gpu'
  expect(find(resultsOf([measureRun(runData(requests(3)))]), { metric })).toEqual([])
  const data = runData(requests(3), { cell: cell({ target: target({ gpus: 2 }) }) })
  const results = resultsOf([measureRun(data)])
  const system = one(results, { metric: 'output-tokens-per-second-system', repeat: 0 }).value ?? Number.NaN
  expect(one(results, { metric, repeat: 0 }).value).toBe(system / 2)
})

test('a run in which nothing completed has rates and no latencies', () => {
  const refused = record({
    dispatched: 0,
    end: 10,
    outcome: { kind: 'failed', error: 'connect', message: 'refused' },
  })
  const results = find(resultsOf([measureRun(runData([refused]))]), { repeat: 0 })
  expect(results.map(({ metric, value }) => [metric, value])).toEqual([
    ['requests-per-second', 0],
    ['output-tokens-per-second-system', 0],
    ['input-tokens-per-second-system', 0],
    ['total-tokens-per-second-system', 0],
    ['error-rate', 1],
  ])
})

test('gaps of one request are not taken as independent, in one run and over repeats', () => {
  // Ten requests of 100 gaps, all alike within a request: 1 ms, 2 ms … 10 ms.
  const paced = (gap: number) =>
    record({ sent: 0, at: Array.from({ length: 101 }, (_, i) => i * gap), end: 1000, output: 101 })
  const records = Array.from({ length: 10 }, (_, i) => paced(i + 1))
  const again = runData(records, { id: 'run-1', cell: cell({ repeat: 1 }) })
  const results = resultsOf([measureRun(runData(records)), measureRun(again)])
  // F = 1/2, V = 10/9 · 10 · 50² / 1000² = 1/36: nine values, whose median lies between ranks 2 and 8.
  const median = one(results, { metric: 'itl', repeat: 0, q: 0.5 })
  expect(median).toMatchObject({ n: 1000, value: 5.5, interval: { low: 2, high: 9 } })
  // Two repeats: V = 20/19 · 20 · 50² / 2000² = 1/76: 19 values, ranks 5 and 15.
  const pooled = one(results, { metric: 'itl', repeat: 'pooled', q: 0.5 })
  expect(pooled).toMatchObject({ n: 2000, value: 5.5, interval: { low: 3, high: 8 } })
  // Worth too few for p99: all that is known lies between the ends.
  expect(one(results, { metric: 'itl', repeat: 0, q: 0.99 }).interval).toEqual({ low: 1, high: 10 })
})
