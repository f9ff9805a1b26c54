import { KeptBytes, maxEventBytes, type OnPayload, type Splitter } from './splitter.ts'

/** A body that is one JSON document: the whole of it is the payload. */
export class JsonSplitter implements Splitter {
  readonly #onPayload: OnPayload
  readonly #kept = new KeptBytes()

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  reset(): void {
    this.#kept.length = 0
  }

  feed(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#kept.length + end - start > maxEventBytes) return false
    this.#kept.append(bytes, start, end)
    return true
  }

  end(): void {
    const { length } = this.#kept
    this.#kept.length = 0
    if (length > 0) this.#onPayload(this.#kept.bytes, 0, length)
  }
}
