import { expect, test } from 'vitest'
import type { LengthDistribution } from '../model/workload.ts'
import { makeRng } from '../random/rng.ts'
import { drawLength } from './lengths.ts'

function draw(distribution: LengthDistribution, count = 5000): number[] {
  const rng = makeRng(1)
  return Array.from({ length: count }, () => drawLength(distribution, rng))
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const sd = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))

test('fixed is always the same', () => {
  expect(new Set(draw({ kind: 'fixed', tokens: 7 }))).toEqual(new Set([7]))
})

test('uniform reaches both ends and nothing beyond', () => {
  const lengths = draw({ kind: 'uniform', min: 3, max: 6 })
  expect(new Set(lengths)).toEqual(new Set([3, 4, 5, 6]))
  expect(mean(lengths)).toBeCloseTo(4.5, 1)
})

test('normal has the asked mean and deviation in whole tokens, when its bounds are far', () => {
  const lengths = draw({ kind: 'normal', mean: 500, sd: 20, min: 1, max: 1000 })
  expect(lengths.every(Number.isInteger)).toBe(true)
  // Within four standard errors, which are 0.28 and 0.2.
  expect(Math.abs(mean(lengths) - 500)).toBeLessThan(1.2)
  expect(Math.abs(sd(lengths) - 20)).toBeLessThan(0.8)
})

test('normal is drawn again outside its bounds: no heap at the bounds', () => {
  const lengths = draw({ kind: 'normal', mean: 100, sd: 10, min: 90, max: 130 })
  expect(Math.min(...lengths)).toBe(90)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(130)
  // The density at 90 within the bounds [89.5, 130.5]: 0.0242 / 0.852.
  const share = lengths.filter((length) => length === 90).length / lengths.length
  expect(Math.abs(share - 0.0284)).toBeLessThan(4 * Math.sqrt(0.0284 / lengths.length))
})

test('normal whose bounds it cannot reach gives the nearer bound', () => {
  expect(draw({ kind: 'normal', mean: 1000, sd: 1, min: 1, max: 10 }, 3)).toEqual([10, 10, 10])
  expect(draw({ kind: 'normal', mean: 1, sd: 0, min: 5, max: 10 }, 3)).toEqual([5, 5, 5])
})
