/** The four 32-bit words of a generator; not all of them may be zero. */
export type XoshiroState = readonly [a: number, b: number, c: number, d: number]

/** xoshiro128** 1.1 (Blackman and Vigna, 2018): every call gives the next unsigned 32 bits. */
export function xoshiro128(state: XoshiroState): () => number {
  let [a, b, c, d] = state
  return () => {
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
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
