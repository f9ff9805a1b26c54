import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, failed, record } from '../../test/builders.ts'
import { maxBins, timeSeries } from './time-series.ts'

test('a run over time counts completions, tokens and requests in flight per bin', () => {
  // 12 s from −2 s on: bins of 0.1 s would be 121, so they are 0.2 s wide.
  const records = [
    record({ phase: 0, sent: 1000, at: [1050, 1150], end: 1200, output: 8 }),
    record({ sent: 3000, at: [3100, 3300], end: 13_000, output: 2 }),
    record({ sent: 3100, at: [3150], end: 3200, outcome: failed('reset') }),
    record({ sent: 3100, at: [3150], end: 3400, outcome: cut }),
  ]
  const [requests, tokens, inFlight] = timeSeries('r', records, 3e9)
  expect([requests?.id, tokens?.id, inFlight?.id]).toEqual([
    'requests-per-second',
    'output-tokens-per-second',
    'in-flight',
  ])
  expect(requests?.x.slice(0, 2)).toEqual([-1.9, -1.7])
  expect(requests?.x.length).toBe(61)
  expect(requests?.y.slice(0, 2)).toEqual([0, 5])
  // Four tokens at each of two events, both in the first bin; then 1 + 1 (cut) in bin 10, none of the failed one.
  expect(tokens?.y[0]).toBe(40)
  expect(tokens?.y.slice(10, 12)).toEqual([10, 5])
  expect(inFlight?.y.slice(0, 2)).toEqual([1, 0])
  expect(inFlight?.y[10]).toBeCloseTo(2, 9)
  expect(inFlight?.y[11]).toBeCloseTo(2, 9)
  expect(inFlight?.y[12]).toBeCloseTo(1, 9)
})

test('nothing sent gives no series', () => {
  expect(timeSeries('r', [record({ intended: 5, outcome: { kind: 'dropped' } })], 0)).toEqual([])
})

test('sums over bins are the totals, and the number of bins is sensible, whatever the times', () => {
  const time = fc.integer({ min: 0, max: 100_000 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(time, fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 30 }),
      time,
      (spans, origin) => {
        const records = spans.map(([sent, length]) =>
          record({ sent, at: [sent + length / 2], end: sent + length, output: 3 }),
        )
        const [requests, tokens, inFlight] = timeSeries('r', records, origin * 1e6)
        const x = requests?.x ?? []
        expect(x.length).toBeLessThanOrEqual(maxBins)
        expect(x.length).toBeGreaterThanOrEqual(maxBins / 2.5 - 2)
        const width = x.length < 2 ? Number.NaN : (x[1] ?? 0) - (x[0] ?? 0)
        const sum = (y: readonly number[] = []) => y.reduce((total, value) => total + value, 0) * width
        expect(sum(requests?.y)).toBeCloseTo(spans.length, 4)
        expect(sum(tokens?.y)).toBeCloseTo(3 * spans.length, 4)
        expect(sum(inFlight?.y)).toBeCloseTo(
          spans.reduce((total, [, length]) => total + length / 1000, 0),
          4,
        )
      },
    ),
  )
})
