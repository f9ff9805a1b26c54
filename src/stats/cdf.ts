import { countAtMost, maxOf, minOf, type SortedSamples, valueAt } from './samples.ts'

/** Points of an empirical distribution: share `y` (0..1] of the values is at most `x`. Both ascend strictly. */
interface Cdf {
  readonly x: number[]
  readonly y: number[]
}

/**
 * The empirical distribution, thinned to at most `points` (at least 4). Each point kept is exact, the smallest and the
 * largest value are always among them, and half of the points go to the upper tail at equal ratios of 1 − y, so that
 * p99.9 is drawn as well as the median.
 */
export function thinnedCdf(samples: SortedSamples, points = 200): Cdf {
  const n = samples.length
  const half = Math.floor((points - 2) / 2)
  const wanted = new Set<number>([minOf(samples), maxOf(samples)])
  if (n <= points) for (const value of samples) wanted.add(value)
  else {
    for (let i = 1; i <= half; i++) {
      wanted.add(valueAt(samples, Math.round(((n - 1) * i) / (half + 1))))
      wanted.add(valueAt(samples, n - Math.round(n ** (i / (half + 1)))))
    }
  }
  const x = [...wanted].sort((a, b) => a - b)
  return { x, y: x.map((value) => countAtMost(samples, value) / n) }
}
