import { makeRng } from '../random/rng.ts'

/** Cuts bytes into the pieces that are written one by one; never gives an empty piece. */
export type Cut = (bytes: Buffer) => Buffer[]

const maxPieceBytes = 48

/** Every byte by itself. */
export const singleBytes: Cut = (bytes) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))

/** Pieces of 1 to 48 bytes, cut anywhere; the same seed cuts the same bytes alike. */
export function randomCut(seed: number): Cut {
  const rng = makeRng(seed)
  return (bytes) => {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + rng.int(1, maxPieceBytes))
      pieces.push(bytes.subarray(at, end))
      at = end
    }
    return pieces
  }
}
