import type { LengthDistribution } from '../model/workload.ts'
import { normal } from '../random/distributions.ts'
import type { Rng } from '../random/rng.ts'

/** Draws of a normal value before the last one, still outside its bounds, is put on the nearer bound. */
const maxDraws = 100

/**
 * One length in whole tokens. `uniform` includes both ends. `normal` is rounded and drawn again while it lies
 * outside its bounds, so it is a truncated normal distribution: its mean moves when the bounds cut one side more.
 */
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
