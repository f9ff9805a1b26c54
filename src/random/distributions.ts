import { exp, ln, ln1p } from './elementary.ts'
import type { Rng } from './rng.ts'

/** Exponential with this mean (> 0) in the mean's unit, by inversion; one draw. */
export function exponential(rng: Rng, mean: number): number {
  return -mean * ln1p(-rng.next())
}

/** Normal, unbounded, by Marsaglia's polar method; two draws or more. */
export function normal(rng: Rng, mean: number, sd: number): number {
  for (;;) {
    const x = 2 * rng.next() - 1
    const y = 2 * rng.next() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return mean + sd * x * Math.sqrt((-2 * ln(square)) / square)
  }
}

/** Log-normal with this median (> 0), whose logarithm has the standard deviation sigma (up to 10). */
export function logNormal(rng: Rng, median: number, sigma: number): number {
  return median * exp(normal(rng, 0, sigma))
}

/** Gamma with this shape (> 0) and mean (> 0), by Marsaglia and Tsang (2000). */
export function gamma(rng: Rng, shape: number, mean: number): number {
  if (shape < 1) {
    const power = ln(1 - rng.next()) / shape
    // Below exp(-700) nothing is left of any length.
    return power < -700 ? 0 : gamma(rng, shape + 1, (mean / shape) * (shape + 1)) * exp(power)
  }
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(rng, 0, 1)
    const root = 1 + c * x
    if (root <= 0) continue
    const v = root * root * root
    if (ln(1 - rng.next()) < 0.5 * x * x + d - d * v + d * ln(v)) return (d * v * mean) / shape
  }
}
