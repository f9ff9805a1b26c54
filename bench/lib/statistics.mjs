// Statistics of the benches, apart from src/stats: what is measured does not judge itself.

export const sorted = (list) => Float64Array.from(list).sort()

/** Quantile of sorted values, linear between order statistics (Hyndman and Fan, type 7); undefined of none. */
export function quantile(values, q) {
  if (values.length === 0) return undefined
  const at = (values.length - 1) * q
  const below = values[Math.floor(at)]
  return below + (values[Math.ceil(at)] - below) * (at % 1)
}

/** Median, least and most of what is there; undefined when nothing is. */
export function summary(list) {
  const values = sorted(list.filter((value) => value !== undefined && Number.isFinite(value)))
  if (values.length === 0) return undefined
  return { median: quantile(values, 0.5), least: values[0], most: values.at(-1), n: values.length }
}

export const differences = (values) => Array.from(values.slice(1), (value, i) => value - values[i])

/** Standard deviation over mean: 1 for the gaps of a Poisson process. */
export function variation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return Math.sqrt(square) / mean
}

/**
 * Kolmogorov-Smirnov test of values against the exponential distribution with a known mean. The p-value is
 * Kolmogorov's limit with Stephens' correction for finite n (Numerical Recipes, 3rd ed., 14.3.3).
 */
export function exponentialTest(values, mean) {
  const ordered = sorted(values)
  const n = ordered.length
  let d = 0
  ordered.forEach((value, i) => {
    const f = 1 - Math.exp(-Math.max(0, value) / mean)
    d = Math.max(d, f - i / n, (i + 1) / n - f)
  })
  const x = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * d
  let p = 0
  for (let k = 1; k <= 100; k++) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * x * x)
  // The series does not converge near 0, where p is 1.
  return { d, p: x < 0.2 ? 1 : Math.min(1, Math.max(0, p)), n }
}

/** 97.5 % points of Student's t, by degrees of freedom; between them the one below is taken. */
const tPoints = [
  [1, 12.71],
  [2, 4.3],
  [3, 3.18],
  [4, 2.78],
  [5, 2.57],
  [7, 2.36],
  [10, 2.23],
  [15, 2.13],
  [20, 2.09],
  [30, 2.04],
  [60, 2.0],
  [120, 1.98],
]

/**
 * Least-squares slope of y over x with a 95 % interval. Neighbouring samples of one process resemble each other, so
 * the line is laid through the means of `blocks` equal stretches: their scatter is closer to independent.
 */
export function slope(points, blocks = 20) {
  const size = Math.max(1, Math.floor(points.length / blocks))
  const means = []
  for (let at = 0; at + size <= points.length; at += size) {
    const part = points.slice(at, at + size)
    means.push([0, 1].map((i) => part.reduce((sum, point) => sum + point[i], 0) / size))
  }
  const n = means.length
  if (n < 3) return undefined
  const [mx, my] = [0, 1].map((i) => means.reduce((sum, point) => sum + point[i], 0) / n)
  const sxx = means.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  if (sxx === 0) return undefined
  const value = means.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx
  const rest = means.reduce((sum, [x, y]) => sum + (y - my - value * (x - mx)) ** 2, 0)
  const t = tPoints.findLast(([freedom]) => freedom <= n - 2)?.[1] ?? 12.71
  const half = t * Math.sqrt(rest / (n - 2) / sxx)
  return { value, low: value - half, high: value + half, blocks: n }
}
