import type { Rng } from './rng.ts'

/** Exponential with this mean, by inversion. */
export function exponential(rng: Rng, mean: number): number {
  return -mean * Math.log1p(-rng.next())
}

/** Normal, by the Box-Muller transform (one of its two values). */
export function normal(rng: Rng, mean: number, sd: number): number {
  const radius = Math.sqrt(-2 * Math.log1p(-rng.next()))
  return mean + sd * radius * Math.cos(2 * Math.PI * rng.next())
}
