import fc from 'fast-check'
import { expect, test } from 'vitest'
import { samplesOf } from '../../test/builders.ts'
import { quantile } from './quantile.ts'
import { maxOf, minOf } from './samples.ts'

test.each([
  // numpy.quantile([15, 20, 35, 40, 50], q)
  { values: [15, 20, 35, 40, 50], q: 0.4, value: 29 },
  { values: [15, 20, 35, 40, 50], q: 0.05, value: 16 },
  { values: [15, 20, 35, 40, 50], q: 0.95, value: 48 },
  { values: [1, 2, 3, 4], q: 0.5, value: 2.5 },
  { values: [1, 2, 3, 4], q: 0.25, value: 1.75 },
  { values: [7], q: 0.99, value: 7 },
  { values: [1, 3], q: 0, value: 1 },
  { values: [1, 3], q: 1, value: 3 },
])('quantile $q of $values is $value', ({ values, q, value }) => {
  expect(quantile(samplesOf(values), q)).toBeCloseTo(value, 12)
})

test('quantiles stay between the ends and never decrease with q', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(values, share, share, (raw, a, b) => {
      const samples = samplesOf(raw)
      const low = quantile(samples, Math.min(a, b))
      const high = quantile(samples, Math.max(a, b))
      expect(low).toBeLessThanOrEqual(high)
      expect(low).toBeGreaterThanOrEqual(minOf(samples))
      expect(high).toBeLessThanOrEqual(maxOf(samples))
    }),
  )
})

test('at every rank the quantile is that order statistic', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 2, maxLength: 60 }), (values) => {
      const samples = samplesOf(values)
      values.forEach((_, rank) => {
        expect(quantile(samples, rank / (values.length - 1))).toBeCloseTo(samples[rank] ?? Number.NaN, 4)
      })
    }),
  )
})
