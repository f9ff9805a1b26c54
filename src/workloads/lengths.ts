import type { LengthDistribution } from '../model/workload.ts'
import { normal } from '../random/distributions.ts'
import type { Rng } from '../random/rng.ts'

/** Draws tried before a normal value that stays outside its bounds is put on the nearer one. */
const maxDraws = 100

/** One length in tokens, a whole number of at least 1. Normal values outside their bounds are drawn again. */
export function drawLength(distribution: LengthDistribution, rng: Rng): number {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.tokens
    case 'uniform':
      return rng.int(distribution.min, distribution.max)
    case 'normal': {
      const { mean, sd, min, max } = distribution
      let length = mean
      for (let draw = 0; draw < maxDraws; draw++) {
        length = Math.round(normal(rng, mean, sd))
        if (length >= min && length <= max) return length
      }
      return Math.min(max, Math.max(min, length))
    }
    default:
      return distribution satisfies never
  }
}
