import { describe, expect, test } from 'vitest'
import { exponential, gamma, logNormal, normal } from './distributions.ts'
import { makeRng } from './rng.ts'

const draws = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Kolmogorov-Smirnov distance of values from a distribution. */
function distance(values: readonly number[], cdf: (value: number) => number): number {
  const n = values.length
  return Math.max(
    ...[...values]
      .sort((a, b) => a - b)
      .map((value, i) => Math.max(Math.abs(cdf(value) - i / n), Math.abs(cdf(value) - (i + 1) / n))),
  )
}
/** 1 % critical value of that distance, for large n. */
const critical = (n: number) => 1.63 / Math.sqrt(n)

/** Abramowitz and Stegun 26.2.17; its error is below 7.5e-8. */
function normalCdf(x: number): number {
  if (x < 0) return 1 - normalCdf(-x)
  const t = 1 / (1 + 0.2316419 * x)
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  const tail = series.reduceRight((sum, factor) => (sum + factor) * t, 0)
  return 1 - (Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI)) * tail
}

/** Chi-squared of counts that should all be equal. */
function chiSquared(counts: readonly number[]): number {
  const expected = mean(counts)
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

test('a seed gives the numbers that a C program of the same definition gives', () => {
  const rng = makeRng(1)
  expect(draws(3, () => rng.next())).toEqual([0.91993437878815654, 0.91804404209940094, 0.89862038603068062])
})

describe('streams', () => {
  test('do not depend on what was drawn or split before', () => {
    const fresh = makeRng(5)
    const used = makeRng(5)
    used.next()
    used.split('b').next()
    expect(used.split('a').next()).toBe(fresh.split('a').next())
  })

  test('of other names, orders, depths and seeds differ', () => {
    const rng = makeRng(5)
    const firsts = [
      rng,
      rng.split(''),
      rng.split('a'),
      rng.split('b'),
      rng.split('ab'),
      rng.split('a').split('b'),
      rng.split('b').split('a'),
      rng.split('a\0b'),
      rng.split('é'),
      makeRng(6),
      makeRng(-5),
    ].map((stream) => stream.next())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  test('of 100,000 requests are all different', () => {
    const rng = makeRng(1).split('workload').split('w')
    const firsts = new Set<number>()
    for (let id = 0; id < 100_000; id++) {
      const request = rng.split(`${id}`)
      // With a hash of 32 bits two of these streams were the same.
      firsts.add(request.split('prompt length').next()).add(request.split('output length').next())
    }
    expect(firsts.size).toBe(200_000)
  })

  test('with neighbouring names are as even as one stream', () => {
    const rng = makeRng(1)
    let name = 0
    const firsts = draws(20_000, () => rng.split(`${name++}`).next())
    expect(distance(firsts, (value) => value)).toBeLessThan(critical(firsts.length))
  })
})

describe('uniform', () => {
  test('numbers fill [0, 1) evenly', () => {
    const rng = makeRng(2)
    const values = draws(50_000, () => rng.next())
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    expect(distance(values, (value) => value)).toBeLessThan(critical(values.length))
  })

  test('numbers carry 53 bits', () => {
    const rng = makeRng(2)
    const lowest = draws(1000, () => (rng.next() * 2 ** 53) % 2)
    expect(lowest.every((bit) => bit === 0 || bit === 1)).toBe(true)
    expect(mean(lowest)).toBeCloseTo(0.5, 1)
  })

  test('neighbours are not related', () => {
    const rng = makeRng(3)
    const products = draws(50_000, () => (rng.next() - 0.5) * (rng.next() - 0.5))
    // Their standard deviation is 1/12: three standard errors of the mean.
    expect(Math.abs(mean(products))).toBeLessThan(3 / 12 / Math.sqrt(products.length))
  })

  test('whole numbers reach both ends, evenly, and nothing else', () => {
    const rng = makeRng(3)
    const counts = new Map<number, number>()
    for (const value of draws(40_000, () => rng.int(-1, 2))) counts.set(value, (counts.get(value) ?? 0) + 1)
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2])
    // 0.999 quantile of chi-squared with 3 degrees of freedom.
    expect(chiSquared([...counts.values()])).toBeLessThan(16.3)
    expect(rng.int(7, 7)).toBe(7)
  })
})

describe('distributions pass a Kolmogorov-Smirnov test', () => {
  test('exponential', () => {
    const rng = makeRng(4)
    const values = draws(20_000, () => exponential(rng, 3))
    expect(distance(values, (value) => 1 - Math.exp(-value / 3))).toBeLessThan(critical(values.length))
    expect(mean(values)).toBeCloseTo(3, 1)
  })

  test('normal', () => {
    const rng = makeRng(5)
    const values = draws(20_000, () => normal(rng, 10, 2))
    expect(distance(values, (value) => normalCdf((value - 10) / 2))).toBeLessThan(critical(values.length))
  })

  test('log-normal', () => {
    const rng = makeRng(6)
    const values = draws(20_000, () => logNormal(rng, 200, 0.8))
    expect(distance(values, (value) => normalCdf(Math.log(value / 200) / 0.8))).toBeLessThan(
      critical(values.length),
    )
  })

  test('gamma of a whole shape (Erlang), and of shapes below 1 by their mean and spread', () => {
    const rng = makeRng(7)
    const values = draws(20_000, () => gamma(rng, 2, 10))
    const erlang = (value: number) => 1 - Math.exp(-value / 5) * (1 + value / 5)
    expect(distance(values, erlang)).toBeLessThan(critical(values.length))
    const small = draws(20_000, () => gamma(rng, 0.5, 10))
    // Gamma of shape 1/2 is half the square of a normal value.
    expect(distance(small, (value) => 2 * normalCdf(Math.sqrt(value / 10)) - 1)).toBeLessThan(
      critical(small.length),
    )
  })
})
