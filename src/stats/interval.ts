import { maxOf, minOf, type SortedSamples, valueAt } from './samples.ts'

/** Ends of an interval, both inside it. */
interface Interval {
  readonly low: number
  readonly high: number
}

/** Either end of a two-sided 95 % interval may miss this often. */
const tail = 0.025

/** A binomial weight this far below the mode's adds nothing to a double. */
const negligible = 1e-20

/**
 * How many values quantile q (strictly between 0 and 1) needs before a two-sided 95 % order-statistic interval
 * exists. The widest such interval runs from the smallest to the largest value and misses on one side when all n
 * values lie on the other: with probability qⁿ above and (1 − q)ⁿ below. Both must be at most 2.5 %, so
 * n ≥ ln 0.025 / ln max(q, 1 − q): 6 for p50, 36 for p90, 72 for p95, 368 for p99.
 */
export function needed(q: number): number {
  return Math.ceil(Math.log(tail) / Math.log(Math.max(q, 1 - q)))
}

/**
 * Ranks (from 1) of the order statistics that enclose quantile q of whatever distribution n independent values came
 * from, each side missing with at most 2.5 %. With B ~ Binomial(n, q) values below the quantile, `low` is the
 * largest rank with P(B ≤ low − 1) ≤ 0.025 and `high` the smallest with P(B ≥ high) ≤ 0.025
 * (David and Nagaraja, Order Statistics, 7.1). `undefined` when n < needed(q).
 *
 * The binomial weights are exact: neighbours follow from the mode by their ratio, so the cost is O(√n).
 */
export function intervalRanks(n: number, q: number): Interval | undefined {
  if (n < needed(q)) return undefined
  const mode = Math.min(Math.floor((n + 1) * q), n)
  const odds = q / (1 - q)
  const below: number[] = []
  for (let k = mode, weight = 1; k > 0; k--) {
    weight *= k / (n - k + 1) / odds
    if (weight < negligible) break
    below.push(weight)
  }
  const weights = [...below.reverse(), 1]
  for (let k = mode, weight = 1; k < n; k++) {
    weight *= ((n - k) / (k + 1)) * odds
    if (weight < negligible) break
    weights.push(weight)
  }
  let total = 0
  for (const weight of weights) total += weight
  const first = mode - below.length
  const allowed = tail * total
  return {
    low: first + tailLength(weights, allowed),
    high: first + weights.length - tailLength(weights.reverse(), allowed),
  }
}

/** How many weights, from the start, add up to at most `allowed`. */
function tailLength(weights: readonly number[], allowed: number): number {
  let sum = 0
  let count = 0
  for (const weight of weights) {
    sum += weight
    if (sum > allowed) break
    count++
  }
  return count
}

/**
 * The two-sided 95 % order-statistic interval of quantile q; `undefined` when there are fewer than `needed(q)` values.
 * @param size how many independent values the samples are worth (at most their number): the ranks are those of that
 * many, at the same shares. Worth less than `needed(q)`, the interval runs from the smallest to the largest value.
 */
export function quantileInterval(
  samples: SortedSamples,
  q: number,
  size: number = samples.length,
): Interval | undefined {
  const n = samples.length
  if (n < needed(q)) return undefined
  const ranks = intervalRanks(Math.floor(size), q)
  if (ranks === undefined) return { low: minOf(samples), high: maxOf(samples) }
  const scale = (n + 1) / (Math.floor(size) + 1)
  return {
    low: valueAt(samples, Math.floor(ranks.low * scale) - 1),
    high: valueAt(samples, Math.ceil(ranks.high * scale) - 1),
  }
}
