import { Buffer } from 'node:buffer'

/** Root mean square of a whole number drawn evenly from -128..127. */
const byteRms = 73.9
const blockBytes = 34
/** Bytes made at once: whole Q8_0 blocks and whole 32-bit words. */
const chunkBlocks = 32_768

/** A stream of seeded 32-bit words (xorshift32): quick, the same everywhere, and good enough for noise. */
export function makeNoise(seed: number): { fill(words: Uint32Array): void } {
  // Spread neighbouring seeds apart; xorshift must not start at 0.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1
  return {
    fill(words) {
      let x = state
      for (let i = 0; i < words.length; i++) {
        x ^= x << 13
        x ^= x >>> 17
        x ^= x << 5
        words[i] = x
      }
      state = x >>> 0
    },
  }
}

/** Bytes of a Q8_0 tensor of `elements` random weights around 0 with the given standard deviation. */
export function* randomQ8(elements: number, deviation: number, seed: number): Generator<Uint8Array> {
  const noise = makeNoise(seed)
  const scale = halfFloat(deviation / byteRms)
  const words = new Uint32Array((chunkBlocks * blockBytes) / 4)
  let blocks = elements / 32
  while (blocks > 0) {
    const now = Math.min(blocks, chunkBlocks)
    noise.fill(words)
    // A fresh copy: the writer may still hold the last chunk.
    const bytes = Buffer.from(words.buffer.slice(0, now * blockBytes))
    for (let block = 0; block < now; block++) bytes.writeUInt16LE(scale, block * blockBytes)
    yield bytes
    blocks -= now
  }
}

/** Bytes of an F32 tensor that holds one number everywhere. */
export function constantF32(elements: number, value: number): Uint8Array {
  return new Uint8Array(new Float32Array(elements).fill(value).buffer)
}

/** Bits of the nearest half-precision number, for positive normal values. */
export function halfFloat(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0] ?? 0
  // Rebias the exponent from 127 to 15; adding half of the dropped part rounds, carrying into the exponent.
  return ((bits - ((127 - 15) << 23) + 0x1000) >>> 13) & 0xffff
}
