import type { LengthBin, LengthDistribution } from '../model/length.ts'
import type { LengthPair } from '../model/workload-source.ts'
import { exponential, gamma, logNormal, normal } from '../random/distributions.ts'
import type { Rng } from '../random/rng.ts'

/** Draws of a value before the last one, still outside its bounds, is put on the nearer bound. */
const maxDraws = 100

/**
 * One length in whole tokens. `uniform` includes both ends. `normal`, `lognormal` and `gamma` are rounded and drawn again
 * while outside their bounds, so they are truncated: a mean moves when the bounds cut one side more. `exponential` is put
 * on the bound it passes. `capped-exponential` is rounded, drawn again above `max`, then raised to `min`.
 */
export function drawLength(distribution: LengthDistribution, rng: Rng): number {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.tokens
    case 'uniform':
      return rng.int(distribution.min, distribution.max)
    case 'normal': {
      const { mean, sd } = distribution
      return within(distribution, () => normal(rng, mean, sd))
    }
    case 'lognormal': {
      const { median, sigma } = distribution
      return within(distribution, () => logNormal(rng, median, sigma))
    }
    case 'gamma': {
      const { shape, mean } = distribution
      return within(distribution, () => gamma(rng, shape, mean))
    }
    case 'exponential':
      return bounded(distribution, Math.round(exponential(rng, distribution.mean)))
    case 'capped-exponential': {
      const { mean, min, max } = distribution
      return Math.max(
        min,
        within({ min: 0, max }, () => exponential(rng, mean)),
      )
    }
    case 'histogram': {
      const [from, to] = weighted(distribution.bins, ([, , weight]: LengthBin) => weight, rng)
      return rng.int(from, to)
    }
    default:
      return distribution satisfies never
  }
}

/** Lengths that belong together. */
export function drawPair(pairs: readonly LengthPair[], rng: Rng): LengthPair {
  return weighted(pairs, ({ weight }) => weight, rng)
}

interface Bounds {
  readonly min: number
  readonly max: number
}

function within(bounds: Bounds, draw: () => number): number {
  let length = bounds.min
  for (let drawn = 0; drawn < maxDraws; drawn++) {
    length = Math.round(draw())
    if (length >= bounds.min && length <= bounds.max) return length
  }
  return bounded(bounds, length)
}

function bounded({ min, max }: Bounds, length: number): number {
  return Math.min(max, Math.max(min, length))
}

/** One of these by weight; weights are whole numbers, so that no sum is rounded. */
function weighted<T>(items: readonly T[], weightOf: (item: T) => number, rng: Rng): T {
  let left = rng.int(
    1,
    items.reduce((sum, item) => sum + weightOf(item), 0),
  )
  for (const item of items) {
    left -= weightOf(item)
    if (left <= 0) return item
  }
  throw new RangeError('there is nothing to draw from')
}
