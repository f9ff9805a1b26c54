import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mean } from './mean.ts'

test('the mean of nothing is undefined', () => {
  expect(mean([])).toBeUndefined()
})

test('the mean of 2, 4 and 9 is 5', () => {
  expect(mean([2, 4, 9])).toBe(5)
})

test('small values are not lost between large ones', () => {
  expect(mean([1, 1e100, 1, -1e100])).toBe(0.5)
})

test('a million times 0.1 has mean 0.1 to the last digit', () => {
  expect(mean(new Float64Array(1_000_000).fill(0.1))).toBe(0.1)
})

test('integers have the mean that exact arithmetic gives', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 50 }), (values) => {
      const exact = values.reduce((sum, value) => sum + BigInt(value), 0n)
      const got = mean(values) ?? Number.NaN
      expect(Math.abs(got - Number(exact) / values.length)).toBeLessThanOrEqual(Math.abs(got) * 2 ** -51)
    }),
  )
})
