import { type SortedSamples, valueAt } from './samples.ts'

/**
 * The exact quantile q (0..1) by linear interpolation between the two closest ranks: h = (n − 1) q, the value lies
 * at rank ⌊h⌋ plus the fraction of h (Hyndman and Fan 1996, type 7; the default of NumPy and R).
 */
export function quantile(samples: SortedSamples, q: number): number {
  const h = (samples.length - 1) * q
  const below = Math.floor(h)
  const low = valueAt(samples, below)
  const high = valueAt(samples, below + 1)
  // Rounding may carry the sum past `high`; the minimum keeps quantiles in order.
  return Math.min(low + (h - below) * (high - low), high)
}
