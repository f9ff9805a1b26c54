import type { Rng } from './rng.ts'

/** Exponential with this mean (> 0) in the mean's unit, by inversion; one draw. */
export function exponential(rng: Rng, mean: number): number {
  return -mean * Math.log1p(-rng.next())
}

/** Normal, unbounded, by the Box-Muller transform (one of its two values); two draws. */
export function normal(rng: Rng, mean: number, sd: number): number {
  const radius = Math.sqrt(-2 * Math.log1p(-rng.next()))
  return mean + sd * radius * Math.cos(2 * Math.PI * rng.next())
}
