/** The one source of chance: seeded, the same on every machine. */
export interface Rng {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number
  /** Uniform integer in [min, max]. */
  int(min: number, max: number): number
  /** A generator of its own, decided by this one's seed and the name alone: streams never interfere. */
  split(name: string): Rng
}

/** xoshiro128** 1.1 (Blackman and Vigna, 2018), its state filled by splitmix32 from a hash of seed and names. */
export function makeRng(seed: number): Rng {
  return generator(`${seed}`)
}

function generator(path: string): Rng {
  const fill = splitmix32(hash(path))
  let a = fill()
  let b = fill()
  let c = fill()
  let d = fill()
  const nextUint32 = () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotateLeft(d, 11)
    return result
  }
  const next = () => ((nextUint32() >>> 5) * 2 ** 26 + (nextUint32() >>> 6)) / 2 ** 53
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    split: (name) => generator(`${path}/${name}`),
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

function splitmix32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
}
