import { KeptBytes, type OnPayload, type Splitter } from './splitter.ts'

/**
 * A body that is the text itself: each read is a payload. The first bytes of a UTF-8 character are held back until
 * its last one has come, so that every payload is whole text.
 */
export class RawSplitter implements Splitter {
  readonly #onPayload: OnPayload
  /** A character's first bytes, and while it is completed the read that follows. */
  readonly #kept = new KeptBytes()

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  reset(): void {
    this.#kept.length = 0
  }

  feed(bytes: Uint8Array, start: number, end: number): boolean {
    const kept = this.#kept
    if (kept.length === 0) {
      const whole = end - unfinishedBytes(bytes, start, end)
      if (whole > start) this.#onPayload(bytes, start, whole)
      if (whole < end) kept.append(bytes, whole, end)
      return true
    }
    kept.append(bytes, start, end)
    const { length } = kept
    const whole = length - unfinishedBytes(kept.bytes, 0, length)
    if (whole === 0) return true
    this.#onPayload(kept.bytes, 0, whole)
    kept.bytes.copyWithin(0, whole, length)
    kept.length = length - whole
    return true
  }

  end(): void {
    const { length } = this.#kept
    this.#kept.length = 0
    if (length > 0) this.#onPayload(this.#kept.bytes, 0, length)
  }
}

/** How many bytes at the end of bytes[start, end) begin a UTF-8 character that is not complete: 0 to 3. */
function unfinishedBytes(bytes: Uint8Array, start: number, end: number): number {
  const first = Math.max(start, end - 3)
  for (let at = end - 1; at >= first; at--) {
    const byte = bytes[at] ?? 0
    // Anything but a byte inside a character.
    if ((byte & 0xc0) !== 0x80) return end - at < lengthFrom(byte) ? end - at : 0
  }
  return 0
}

/** Length of the character that begins with a byte; 1 for bytes that begin none. */
function lengthFrom(byte: number): number {
  if (byte >= 0xf0 && byte <= 0xf4) return 4
  if (byte >= 0xe0 && byte < 0xf0) return 3
  return byte >= 0xc2 && byte < 0xe0 ? 2 : 1
}
