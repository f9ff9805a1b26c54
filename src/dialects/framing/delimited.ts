import { KeptBytes, maxEventBytes, type OnPayload, type Splitter } from './splitter.ts'

const NUL = 0
const LF = 10
const CR = 13

/**
 * Splits a body whose payloads each end with a byte: LF, or with `nul` either NUL or LF, as servers that sent NUL once
 * send LF today. A payload inside one read is passed on without a copy. Blank lines are skipped, CR before the end is
 * cut off, and what follows the last end is a payload too.
 */
export class DelimitedSplitter implements Splitter {
  readonly #onPayload: OnPayload
  /** A second byte that ends payloads; LF when there is none. */
  readonly #other: number
  /** The unfinished payload, when a read ended inside it. */
  readonly #kept = new KeptBytes()

  constructor(onPayload: OnPayload, { nul }: { readonly nul: boolean }) {
    this.#onPayload = onPayload
    this.#other = nul ? NUL : LF
  }

  reset(): void {
    this.#kept.length = 0
  }

  feed(bytes: Uint8Array, start: number, end: number): boolean {
    const kept = this.#kept
    const other = this.#other
    let at = start
    while (at < end) {
      let stop = at
      while (stop < end && bytes[stop] !== LF && bytes[stop] !== other) stop++
      if (stop === end) {
        if (kept.length + end - at > maxEventBytes) return false
        kept.append(bytes, at, end)
        return true
      }
      if (kept.length === 0) {
        if (stop - at > maxEventBytes) return false
        this.#pass(bytes, at, stop)
      } else {
        if (kept.length + stop - at > maxEventBytes) return false
        kept.append(bytes, at, stop)
        this.end()
      }
      at = stop + 1
    }
    return true
  }

  end(): void {
    const { length } = this.#kept
    this.#kept.length = 0
    this.#pass(this.#kept.bytes, 0, length)
  }

  #pass(bytes: Uint8Array, start: number, end: number): void {
    const stop = end > start && bytes[end - 1] === CR ? end - 1 : end
    if (stop > start) this.#onPayload(bytes, start, stop)
  }
}
