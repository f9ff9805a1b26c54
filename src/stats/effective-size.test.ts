import fc from 'fast-check'
import { expect, test } from 'vitest'
import { samplesOf } from '../../test/builders.ts'
import { effectiveSizes } from './effective-size.ts'

function sizes(groups: readonly (readonly number[])[], thresholds: readonly number[]) {
  return effectiveSizes(samplesOf(groups.flat()), () => groups, thresholds)
}

test('groups whose values are all alike are worth about one value each', () => {
  // F = 1/2; Σ = 4 · (±5)² = 100; V = 4/3 · 100 / 40² = 1/12; 1/4 / (1/12) = 3.
  const groups = [1, 2, 3, 4].map((value) => Array.from({ length: 10 }, () => value))
  expect(sizes(groups, [2])[0]).toBeCloseTo(3, 12)
})

test('groups that each hold the whole distribution take nothing away', () => {
  const groups = Array.from({ length: 4 }, () => [1, 2, 3, 4])
  expect(sizes(groups, [1, 2, 3, 4])).toEqual([16, 16, 16, 16])
})

test('a threshold above everything is judged by the values below the largest', () => {
  const groups = [1, 2, 3, 4].map((value) => Array.from({ length: 10 }, () => value))
  // F = 3/4: three groups exceed it by 2.5, one falls 7.5 short; V = 4/3 · 75 / 40²; 3/16 / (1/16) = 3.
  expect(sizes(groups, [4])[0]).toBeCloseTo(3, 12)
  expect(
    sizes(
      [
        [5, 5],
        [5, 5],
      ],
      [5],
    ),
  ).toEqual([4])
})

test('one group alone is worth one value', () => {
  expect(sizes([[1, 2, 3, 4]], [2])).toEqual([1])
})

test('groups of one value are worth their number, but for the correction m / (m − 1)', () => {
  const groups = Array.from({ length: 20 }, (_, i) => [i])
  // F = 1/2: V = 20/19 · 20 · 1/4 / 400, so the size is 19.
  expect(sizes(groups, [9])[0]).toBeCloseTo(19, 12)
})

test('a size lies between one and the number of values', () => {
  const group = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(
      fc.array(group, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 9 }),
      (groups, at) => {
        const [size] = sizes(groups, [at])
        expect(size).toBeGreaterThanOrEqual(1)
        expect(size).toBeLessThanOrEqual(groups.flat().length)
      },
    ),
  )
})
