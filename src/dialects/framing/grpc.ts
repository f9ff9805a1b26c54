import { KeptBytes, maxEventBytes, type OnPayload, type Splitter } from './splitter.ts'

/** One byte that says whether the message is compressed, and four of its length. */
const prefixBytes = 5

/** Splits a body into gRPC's length-prefixed messages. One that lies inside a single read is passed on without a copy. */
export class GrpcSplitter implements Splitter {
  readonly #onPayload: OnPayload
  /** The unfinished message with its prefix, when a read ended inside it. */
  readonly #kept = new KeptBytes()

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  reset(): void {
    this.#kept.length = 0
  }

  feed(bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#complete(bytes, start, end)
    return at === undefined ? false : this.#whole(bytes, at, end)
  }

  end(): void {
    const { length } = this.#kept
    this.#kept.length = 0
    // Part of a message: it cannot be read, and whoever tries says so.
    if (length > 0) this.#onPayload(this.#kept.bytes, Math.min(prefixBytes, length), length)
  }

  /** Ends the message that was left unfinished. Returns where the next one begins; `undefined` when it is too long. */
  #complete(bytes: Uint8Array, start: number, end: number): number | undefined {
    const kept = this.#kept
    let at = start
    while (kept.length > 0 && at < end) {
      const whole = wholeLength(kept.bytes, 0, kept.length) ?? prefixBytes
      if (whole > maxEventBytes) return undefined
      const stop = Math.min(end, at + whole - kept.length)
      kept.append(bytes, at, stop)
      at = stop
      const { length } = kept
      if (length !== wholeLength(kept.bytes, 0, length)) continue
      kept.length = 0
      this.#onPayload(kept.bytes, prefixBytes, length)
    }
    return at
  }

  #whole(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end) {
      const whole = wholeLength(bytes, at, end)
      if (whole !== undefined && whole > maxEventBytes) return false
      if (whole === undefined || at + whole > end) {
        this.#kept.append(bytes, at, end)
        return true
      }
      this.#onPayload(bytes, at + prefixBytes, at + whole)
      at += whole
    }
    return true
  }
}

/** Length of the message that begins at `start`, its prefix included; `undefined` while the prefix is not whole. */
function wholeLength(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < prefixBytes) return undefined
  const high = ((bytes[start + 1] ?? 0) << 16) | ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0)
  return prefixBytes + high * 256 + (bytes[start + 4] ?? 0)
}

/** A message as it lies in a body. */
export function grpcFrame(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(prefixBytes + message.length)
  new DataView(framed.buffer).setUint32(1, message.length)
  framed.set(message, prefixBytes)
  return framed
}
