/** Told of each payload: bytes[start, end), valid during the call. */
export type OnPayload = (bytes: Uint8Array, start: number, end: number) => void

/** Finds the payloads in the bytes of a body. Reused: `reset` comes before each body. */
export interface Splitter {
  reset(): void
  /** Reads bytes[start, end), which may be overwritten afterwards. Returns false when a payload grew past `maxEventBytes`. */
  feed(bytes: Uint8Array, start: number, end: number): boolean
  /** The body is complete: passes on what had no end of its own. */
  end(): void
}

/** Longest payload kept while it waits for its end; a server that sends more is cut off. */
export const maxEventBytes = 4 * 1024 * 1024

/** Most streams never split a payload: buffers are made when they are needed, as there may be 10,000 streams. */
const noBytes = new Uint8Array(0)
const leastBuffer = 512

/** Bytes that wait for what comes after them, in a buffer that grows and is used again. */
export class KeptBytes {
  bytes = noBytes
  length = 0

  append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.length + to - from
    if (length > this.bytes.length) this.#grow(length)
    this.bytes.set(bytes.subarray(from, to), this.length)
    this.length = length
  }

  #grow(atLeast: number): void {
    const larger = new Uint8Array(Math.max(atLeast, this.bytes.length * 2, leastBuffer))
    larger.set(this.bytes)
    this.bytes = larger
  }
}
