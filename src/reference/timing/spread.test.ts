import { describe, expect, test } from 'vitest'
import { makeRng } from '../../random/rng.ts'
import { draw, readSpread, type Spread, spreadMistake } from './spread.ts'

const values = (spread: Spread, count = 20_000) => {
  const rng = makeRng(1)
  return Array.from({ length: count }, () => draw(spread, rng)).sort((a, b) => a - b)
}
const at = (sorted: readonly number[], q: number) => sorted[Math.floor(q * sorted.length)]

describe('draws of', () => {
  // Quantiles of the distributions themselves; the tolerance is about four standard errors.
  test.each([
    [{ kind: 'fixed', value: 7 }, 7, 7, 0],
    [{ kind: 'uniform', least: 10, most: 30 }, 20, 28, 0.6],
    [{ kind: 'normal', mean: 50, sd: 10 }, 50, 62.816, 0.6],
    [{ kind: 'lognormal', median: 50, sigma: 0.5 }, 50, 94.9, 2],
    [{ kind: 'exponential', mean: 20 }, 13.863, 46.05, 1.8],
  ] as const)('%j have its p50 and p90', (spread, p50, p90, tolerance) => {
    const sorted = values(spread)
    expect(Math.abs((at(sorted, 0.5) ?? 0) - p50)).toBeLessThanOrEqual(tolerance)
    expect(Math.abs((at(sorted, 0.9) ?? 0) - p90)).toBeLessThanOrEqual(tolerance)
  })

  test('a normal are cut off at 0, or where it says', () => {
    expect(values({ kind: 'normal', mean: 1, sd: 5 })[0]).toBe(0)
    expect(values({ kind: 'normal', mean: 1, sd: 5, least: 0.5 })[0]).toBe(0.5)
  })
})

test.each([
  ['50', { kind: 'fixed', value: 50 }],
  ['0.5', { kind: 'fixed', value: 0.5 }],
  ['uniform:least=1,most=2', { kind: 'uniform', least: 1, most: 2 }],
  ['normal:mean=5,sd=1', { kind: 'normal', mean: 5, sd: 1 }],
  ['normal:mean=5,sd=1,least=2', { kind: 'normal', mean: 5, sd: 1, least: 2 }],
  ['lognormal:median=50,sigma=0.5', { kind: 'lognormal', median: 50, sigma: 0.5 }],
  ['exponential:mean=1e1', { kind: 'exponential', mean: 10 }],
])('%s is read', (text, spread) => {
  expect(readSpread(text)).toEqual(spread)
})

test.each([
  ['', 'value is ""; it must be a number, 0 or more.'],
  ['-3', 'value is -3; it must be a number, 0 or more.'],
  ['3x', 'value is "3x"; it must be a number, 0 or more.'],
  ['normal', 'normal needs mean.'],
  ['normal:mean=1', 'normal needs sd.'],
  ['normal:mean=1,sd', '"sd" is not name=number.'],
  ['normal:mean=1,mean=2', 'mean is given twice.'],
  ['normal:mean=1,sd=2,most=3', 'normal has no most. It has: mean, sd, least.'],
  ['exponential:mean=', 'mean is ""; it must be a number, 0 or more.'],
  ['uniform:least=3,most=2', 'least (3) is above most (2).'],
])('%j is refused in words', (text, words) => {
  expect(readSpread(text)).toBe(words)
})

test('a name that is no distribution is told what there is', () => {
  expect(readSpread('weibull:a=1')).toBe(
    '"weibull" is no time. A time is a number of ms, uniform:least=…,most=…, normal:mean=…,sd=…[,least=…], ' +
      'lognormal:median=…,sigma=…, exponential:mean=….',
  )
  expect(spreadMistake(undefined)).toContain('"undefined" is no distribution')
})
