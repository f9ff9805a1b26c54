import { expect, test } from 'vitest'
import type { LengthDistribution } from '../model/length.ts'
import { makeRng } from '../random/rng.ts'
import { drawLength, drawPair } from './lengths.ts'

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

test('log-normal has its median and the spread of its logarithm', () => {
  const lengths = draw({ kind: 'lognormal', median: 400, sigma: 0.5, min: 1, max: 100_000 })
  const logs = lengths.map(Math.log)
  // Within four standard errors: 0.028 and 0.02.
  expect(Math.abs(mean(logs) - Math.log(400))).toBeLessThan(0.028)
  expect(Math.abs(sd(logs) - 0.5)).toBeLessThan(0.02)
})

test('gamma has its mean and its spread', () => {
  const lengths = draw({ kind: 'gamma', shape: 4, mean: 200, min: 1, max: 100_000 })
  expect(Math.abs(mean(lengths) - 200)).toBeLessThan((4 * 100) / Math.sqrt(5000))
  expect(Math.abs(sd(lengths) - 100)).toBeLessThan(6)
})

test('exponential is put on the bounds it passes: they hold what lies beyond', () => {
  const lengths = draw({ kind: 'exponential', mean: 128, min: 10, max: 512 }, 20_000)
  const share = (value: number) => lengths.filter((length) => length === value).length / lengths.length
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([10, 512])
  expect(share(512)).toBeCloseTo(Math.exp(-511.5 / 128), 2)
  expect(share(10)).toBeCloseTo(1 - Math.exp(-10.5 / 128), 2)
})

test.each([
  [32, 17.31],
  [128, 54.184],
  [512, 118.811],
  [1536, 128.61],
])('capped exponential with cap %i has the mean of the published workload', (max, published) => {
  const lengths = draw({ kind: 'capped-exponential', mean: 128, min: 10, max }, 100_000)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(max)
  expect(Math.min(...lengths)).toBe(10)
  expect(Math.abs(mean(lengths) / published - 1)).toBeLessThan(0.02)
})

test('over a third of the outputs are at the floor when the cap is 32', () => {
  const lengths = draw({ kind: 'capped-exponential', mean: 128, min: 10, max: 32 }, 20_000)
  expect(lengths.filter((length) => length === 10).length / lengths.length).toBeCloseTo(0.35, 1)
})

test('a histogram gives its bins by their weights, evenly inside', () => {
  const lengths = draw({
    kind: 'histogram',
    bins: [
      [1, 10, 3],
      [100, 109, 1],
    ],
  })
  expect(new Set(lengths).size).toBe(20)
  expect(lengths.filter((length) => length >= 100).length / lengths.length).toBeCloseTo(0.25, 1)
})

test('pairs stay together, by their weights', () => {
  const rng = makeRng(2)
  const pairs = [
    { prompt: 512, output: 64, weight: 1 },
    { prompt: 64, output: 512, weight: 3 },
  ]
  const drawn = Array.from({ length: 4000 }, () => drawPair(pairs, rng))
  expect(drawn.every((pair) => pairs.includes(pair))).toBe(true)
  expect(drawn.filter(({ prompt }) => prompt === 64).length / drawn.length).toBeCloseTo(0.75, 1)
})
