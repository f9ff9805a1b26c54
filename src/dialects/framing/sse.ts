import { KeptBytes, maxEventBytes, type OnPayload, type Splitter } from './splitter.ts'

const LF = 10
const CR = 13
const COLON = 58
const SPACE = 32

/**
 * Splits a byte stream into server-sent events (WHATWG HTML, "Server-sent events"; lines end in LF or CRLF).
 * An event inside one read is passed on without a copy. Comments and other fields are skipped; the field
 * `error:` of old llama.cpp counts as data.
 */
export class SseSplitter implements Splitter {
  readonly #onPayload: OnPayload
  /** The unfinished line, when a read ended inside it. */
  readonly #line = new KeptBytes()
  /** The event's data so far, when it is not a slice of the present read. */
  readonly #data = new KeptBytes()
  #hasData = false
  /** The event's data as a slice of the present read. */
  #slice: Uint8Array | undefined
  #sliceStart = 0
  #sliceEnd = 0
  #atStart = true

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  reset(): void {
    this.#line.length = 0
    this.#data.length = 0
    this.#hasData = false
    this.#slice = undefined
    this.#atStart = true
  }

  /** An event without its blank line is none. */
  end(): void {}

  feed(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end) {
      let stop = at
      while (stop < end && bytes[stop] !== LF) stop++
      if (stop === end) {
        if (this.#line.length + end - at > maxEventBytes) return false
        this.#line.append(bytes, at, end)
        break
      }
      if (this.#line.length > 0) {
        this.#line.append(bytes, at, stop)
        const { length } = this.#line
        this.#line.length = 0
        this.#readLine(this.#line.bytes, 0, length, false)
      } else {
        this.#readLine(bytes, at, stop, true)
      }
      if (this.#data.length > maxEventBytes) return false
      at = stop + 1
    }
    // The read buffer is reused: what waits for its blank line must be copied.
    if (this.#slice !== undefined) this.#keepSlice()
    return true
  }

  #readLine(bytes: Uint8Array, from: number, to: number, stays: boolean): void {
    let start = from
    let end = to
    if (this.#atStart) {
      this.#atStart = false
      if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3
    }
    if (end > start && bytes[end - 1] === CR) end--
    if (end === start) {
      this.#dispatch()
      return
    }
    const valueAt = dataValueAt(bytes, start, end)
    if (valueAt < 0) return
    if (!this.#hasData && this.#slice === undefined && stays) {
      this.#slice = bytes
      this.#sliceStart = valueAt
      this.#sliceEnd = end
      return
    }
    if (this.#slice !== undefined) this.#keepSlice()
    if (this.#hasData) this.#data.append(newline, 0, 1)
    this.#hasData = true
    this.#data.append(bytes, valueAt, end)
  }

  #dispatch(): void {
    if (this.#slice !== undefined) {
      const slice = this.#slice
      this.#slice = undefined
      this.#onPayload(slice, this.#sliceStart, this.#sliceEnd)
    } else if (this.#hasData) {
      this.#hasData = false
      const { length } = this.#data
      this.#data.length = 0
      this.#onPayload(this.#data.bytes, 0, length)
    }
  }

  #keepSlice(): void {
    const slice = this.#slice
    this.#slice = undefined
    this.#hasData = true
    if (slice !== undefined) this.#data.append(slice, this.#sliceStart, this.#sliceEnd)
  }
}

const newline = Uint8Array.of(LF)

/** Where the value of a `data:` or `error:` line begins, or -1 for any other line. */
function dataValueAt(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]
  let colon: number
  if (first === 100 && bytes[start + 1] === 97 && bytes[start + 2] === 116 && bytes[start + 3] === 97) {
    colon = start + 4
  } else if (
    first === 101 &&
    bytes[start + 1] === 114 &&
    bytes[start + 2] === 114 &&
    bytes[start + 3] === 111 &&
    bytes[start + 4] === 114
  ) {
    colon = start + 5
  } else {
    return -1
  }
  if (colon > end) return -1
  if (colon === end) return end // "data" alone: an empty value
  if (bytes[colon] !== COLON) return -1
  return colon + 1 < end && bytes[colon + 1] === SPACE ? colon + 2 : colon + 1
}
