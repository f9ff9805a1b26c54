import { describe, expect, test } from 'vitest'
import { exponential, normal } from './distributions.ts'
import { makeRng } from './rng.ts'

const draws = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('the same seed gives the same numbers, everywhere', () => {
  const rng = makeRng(1)
  expect(draws(4, () => rng.int(0, 999))).toMatchInlineSnapshot(`
    [
      81,
      839,
      454,
      777,
    ]
  `)
})

test('a split stream does not depend on what was drawn before it', () => {
  const fresh = makeRng(5)
  const used = makeRng(5)
  used.next()
  expect(used.split('a').next()).toBe(fresh.split('a').next())
  expect(fresh.split('a').next()).not.toBe(fresh.split('b').next())
  expect(fresh.split('a').split('b').next()).not.toBe(fresh.split('b').split('a').next())
})

test('uniform numbers fill [0, 1) evenly', () => {
  const rng = makeRng(2)
  const bins = new Array<number>(20).fill(0)
  for (const value of draws(100_000, () => rng.next())) {
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThan(1)
    const bin = Math.floor(value * 20)
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const chiSquared = bins.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)
  // 0.999 quantile of chi-squared with 19 degrees of freedom.
  expect(chiSquared).toBeLessThan(43.8)
})

test('whole numbers reach both ends and nothing else', () => {
  const rng = makeRng(3)
  expect(new Set(draws(1000, () => rng.int(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]))
})

describe('distributions have their moments', () => {
  test('exponential', () => {
    const rng = makeRng(4)
    const values = draws(50_000, () => exponential(rng, 3))
    expect(mean(values)).toBeCloseTo(3, 1)
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(18, 0)
  })

  test('normal', () => {
    const rng = makeRng(5)
    const values = draws(50_000, () => normal(rng, 10, 2))
    expect(mean(values)).toBeCloseTo(10, 1)
    expect(mean(values.map((value) => (value - 10) ** 2))).toBeCloseTo(4, 1)
  })
})
