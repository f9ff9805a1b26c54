import { createHash } from 'node:crypto'

/** Arrivals as every target replays them, and their hash: whole ns in shared memory, hashed as 64-bit integers. */
export function freezeArrivals(ns: readonly number[]): {
  readonly arrivalsNs: Float64Array
  readonly arrivalsSha256: string
} {
  const arrivalsNs = new Float64Array(new SharedArrayBuffer(ns.length * Float64Array.BYTES_PER_ELEMENT))
  arrivalsNs.set(ns)
  return { arrivalsNs, arrivalsSha256: createHash('sha256').update(arrivalBytes(arrivalsNs)).digest('hex') }
}

/** Little-endian 64-bit integers, as files and hashes have them. */
export function arrivalBytes(arrivalsNs: Float64Array): Buffer {
  const bytes = Buffer.alloc(arrivalsNs.length * 8)
  for (const [i, ns] of arrivalsNs.entries()) bytes.writeBigInt64LE(BigInt(ns), i * 8)
  return bytes
}

/** The arrivals in a file. */
export function readArrivalBytes(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => Number(bytes.readBigInt64LE(i * 8)))
}
