import { childKey, emptyKey, type StreamKey, stateOf } from './stream-key.ts'
import { xoshiro128 } from './xoshiro.ts'

/** The one source of chance: seeded, the same on every machine. */
export interface Rng {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number
  /** Uniform integer in [min, max], both whole numbers. */
  int(min: number, max: number): number
  /** A generator of its own, decided by this one's seed and the name alone: streams never interfere. */
  split(name: string): Rng
}

/** xoshiro128**, its state filled from a hash of the seed and of the names given to `split`. */
export function makeRng(seed: number): Rng {
  return stream(childKey(emptyKey, `${seed}`))
}

function stream(key: StreamKey): Rng {
  // Made at the first draw: many streams exist only to be split.
  let bits: (() => number) | undefined
  const next = () => {
    bits ??= xoshiro128(stateOf(key))
    return ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53
  }
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    split: (name) => stream(childKey(key, name)),
  }
}
