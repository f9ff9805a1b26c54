import fc from 'fast-check'
import { expect, test } from 'vitest'
import { samplesOf } from '../../test/builders.ts'
import { intervalRanks, needed, quantileInterval } from './interval.ts'

/** P(B = k), P(B <= k) for B ~ Binomial(n, q), by the plain product; exact enough for n <= 400. */
function pmf(n: number, q: number, k: number): number {
  let log = 0
  for (let i = 1; i <= k; i++) log += Math.log((n - k + i) / i)
  return Math.exp(log + k * Math.log(q) + (n - k) * Math.log(1 - q))
}
function atMost(n: number, q: number, k: number): number {
  let sum = 0
  for (let i = 0; i <= k; i++) sum += pmf(n, q, i)
  return sum
}

test.each([
  { q: 0.5, n: 6 },
  { q: 0.9, n: 36 },
  { q: 0.95, n: 72 },
  { q: 0.99, n: 368 },
  { q: 0.1, n: 36 },
  { q: 0.999, n: 3688 },
])('quantile $q needs $n values: both tails of the widest interval are at most 2.5 %', ({ q, n }) => {
  expect(needed(q)).toBe(n)
  const far = Math.max(q, 1 - q)
  expect(far ** n).toBeLessThanOrEqual(0.025)
  expect(far ** (n - 1)).toBeGreaterThan(0.025)
  expect(intervalRanks(n, q)).toBeDefined()
  expect(intervalRanks(n - 1, q)).toBeUndefined()
})

test.each([
  // The table of distribution-free intervals of the median, as in textbooks (ranks l and n + 1 - l).
  { n: 6, q: 0.5, low: 1, high: 6 },
  { n: 10, q: 0.5, low: 2, high: 9 },
  { n: 20, q: 0.5, low: 6, high: 15 },
  { n: 50, q: 0.5, low: 18, high: 33 },
  { n: 100, q: 0.5, low: 40, high: 61 },
])('the median of $n values lies between ranks $low and $high', ({ n, q, low, high }) => {
  expect(intervalRanks(n, q)).toEqual({ low, high })
})

test('each side of an interval misses with at most 2.5 %, and one rank tighter would miss more', () => {
  const share = fc.constantFrom(0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 400 }), share, (n, q) => {
      const ranks = intervalRanks(n, q)
      if (n < needed(q)) {
        expect(ranks).toBeUndefined()
        return
      }
      const { low, high } = ranks ?? { low: Number.NaN, high: Number.NaN }
      expect(low).toBeGreaterThanOrEqual(1)
      expect(high).toBeLessThanOrEqual(n)
      expect(atMost(n, q, low - 1)).toBeLessThanOrEqual(0.025 + 1e-9)
      expect(atMost(n, q, low)).toBeGreaterThan(0.025 - 1e-9)
      expect(1 - atMost(n, q, high - 1)).toBeLessThanOrEqual(0.025 + 1e-9)
      expect(1 - atMost(n, q, high - 2)).toBeGreaterThan(0.025 - 1e-9)
    }),
    { numRuns: 50 },
  )
})

test('ten million values give the ranks of the normal approximation to a few places', () => {
  const n = 10_000_000
  const { low, high } = intervalRanks(n, 0.99) ?? { low: 0, high: 0 }
  const spread = 1.959964 * Math.sqrt(n * 0.99 * 0.01)
  expect(Math.abs(low - (n * 0.99 - spread))).toBeLessThan(5)
  expect(Math.abs(high - (n * 0.99 + spread))).toBeLessThan(5)
})

test('the interval is read off the samples', () => {
  expect(quantileInterval(samplesOf([6, 1, 5, 2, 4, 3]), 0.5)).toEqual({ low: 1, high: 6 })
  expect(quantileInterval(samplesOf([1, 2, 3, 4, 5]), 0.5)).toBeUndefined()
})

test('samples worth fewer independent values have the wider interval of that many, at the same shares', () => {
  const samples = samplesOf(Array.from({ length: 1009 }, (_, i) => i + 1))
  // 100 values: ranks 40 and 61; 1,009 samples have ten ranks for each of theirs.
  expect(quantileInterval(samples, 0.5, 100)).toEqual({ low: 400, high: 610 })
  expect(quantileInterval(samples, 0.5, 100.9)).toEqual({ low: 400, high: 610 })
})

test('samples worth too few values have the interval that holds them all', () => {
  const samples = samplesOf(Array.from({ length: 1000 }, (_, i) => i))
  expect(quantileInterval(samples, 0.99, 367)).toEqual({ low: 0, high: 999 })
})
