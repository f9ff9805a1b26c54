import fc from 'fast-check'
import { expect, test } from 'vitest'
import { samplesOf } from '../../test/builders.ts'
import { thinnedCdf } from './cdf.ts'

test('few values keep all their steps', () => {
  expect(thinnedCdf(samplesOf([5, 1, 1, 3]))).toEqual({ x: [1, 3, 5], y: [0.5, 0.75, 1] })
})

test('every kept point is exact, the ends are kept and the count is bounded', () => {
  const values = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 600 })
  fc.assert(
    fc.property(values, fc.integer({ min: 4, max: 40 }), (raw, points) => {
      const { x, y } = thinnedCdf(samplesOf(raw), points)
      expect(x.length).toBe(y.length)
      expect(x.length).toBeLessThanOrEqual(points)
      expect(x[0]).toBe(Math.min(...raw))
      expect([x.at(-1), y.at(-1)]).toEqual([Math.max(...raw), 1])
      x.forEach((value, i) => {
        expect(y[i]).toBe(raw.filter((other) => other <= value).length / raw.length)
        if (i > 0) expect(value).toBeGreaterThan(x[i - 1] ?? Number.NaN)
      })
    }),
  )
})

test('the body has no wide gap and the tail reaches past p99.9 of 100,000 values', () => {
  const { x, y } = thinnedCdf(samplesOf(Array.from({ length: 100_000 }, (_, i) => i)))
  expect(x.length).toBeGreaterThan(150)
  expect(Math.max(...y.map((share, i) => share - (y[i - 1] ?? 0)))).toBeLessThan(0.0102)
  expect(y.filter((share) => share > 0.999).length).toBe(30)
})
