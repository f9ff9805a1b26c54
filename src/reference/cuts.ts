/** Cuts bytes into the pieces that are written one by one; never gives an empty piece. */
export type Cut = (bytes: Buffer) => Buffer[]

const maxPieceBytes = 48

/** Every byte by itself. */
export const singleBytes: Cut = (bytes) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))

/** Pieces of 1 to 48 bytes, cut anywhere; the same seed cuts the same bytes alike. */
export function randomCut(seed: number): Cut {
  const random = xorshift(seed)
  return (bytes) => {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + (random() % maxPieceBytes))
      pieces.push(bytes.subarray(at, end))
      at = end
    }
    return pieces
  }
}

/** Marsaglia's 32-bit xorshift (13, 17, 5): where bytes are cut needs variety, not quality. */
function xorshift(seed: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) >>> 0) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}
