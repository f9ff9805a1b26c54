import { countAtMost, countBelow, maxOf, type SortedSamples, valueAt } from './samples.ts'

/**
 * Values by group, such as the gaps of each request: dependent inside a group, independent between groups. No group is
 * empty, and the groups can be read again.
 */
export type Groups = () => Iterable<readonly number[]>

/**
 * How many independent values the samples are worth for the share at or below each threshold: F (1 − F) / V, where F is
 * the share and V its variance estimated between groups, m / (m − 1) · Σ (cᵍ − nᵍ F)² / n², with cᵍ of the nᵍ values of
 * group g at or below the threshold (the ratio estimator of cluster sampling: Cochran, Sampling Techniques, 9A;
 * Woodruff 1952 for its use with quantiles). At most n; one group alone is worth one value.
 */
export function effectiveSizes(
  samples: SortedSamples,
  groups: Groups,
  thresholds: readonly number[],
): number[] {
  const n = samples.length
  const cuts = thresholds.map((threshold) => cutFor(samples, threshold))
  const shares = cuts.map((cut) => countAtMost(samples, cut) / n)
  const squares = new Float64Array(cuts.length)
  let count = 0
  for (const group of groups()) {
    count++
    for (let i = 0; i < cuts.length; i++) {
      const cut = cuts[i] as number
      let below = 0
      for (const value of group) if (value <= cut) below++
      const excess = below - group.length * (shares[i] as number)
      squares[i] = (squares[i] as number) + excess * excess
    }
  }
  if (count < 2) return cuts.map(() => count)
  return shares.map((share, i) => {
    const variance = ((count / (count - 1)) * (squares[i] as number)) / (n * n)
    // No spread between groups: nothing speaks against independence.
    return variance === 0 ? n : Math.max(1, Math.min(n, (share * (1 - share)) / variance))
  })
}

/**
 * The threshold, or the next lower value when everything lies at or below it: only a cut with two sides tells groups
 * apart.
 */
function cutFor(samples: SortedSamples, threshold: number): number {
  const largest = maxOf(samples)
  return threshold < largest ? threshold : valueAt(samples, countBelow(samples, largest) - 1)
}
