/** Told of each event's payload: bytes[start, end), valid during the call. */
type OnPayload = (bytes: Uint8Array, start: number, end: number) => void

/** Most streams never split a line: buffers are made when they are needed, as there may be 10,000 streams. */
const noBytes = new Uint8Array(0)
const leastBuffer = 512

const LF = 10
const CR = 13
const COLON = 58
const SPACE = 32

/** Longest event kept while it waits for its end; a server that sends more is cut off. */
export const maxEventBytes = 4 * 1024 * 1024

/**
 * Splits a byte stream into server-sent events (WHATWG HTML, "Server-sent events"; lines end in LF or CRLF).
 * An event inside one read is passed on without a copy. Comments and other fields are skipped; the field
 * `error:` of old llama.cpp counts as data.
 */
export class SseSplitter {
  readonly #onPayload: OnPayload
  /** The unfinished line, when a read ended inside it. */
  #line = noBytes
  #lineLength = 0
  /** The event's data so far, when it is not a slice of the present read. */
  #data = noBytes
  #dataLength = 0
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
    this.#lineLength = 0
    this.#dataLength = 0
    this.#hasData = false
    this.#slice = undefined
    this.#atStart = true
  }

  /** Reads bytes[start, end). Returns false when an event grew past `maxEventBytes`. */
  feed(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end) {
      let stop = at
      while (stop < end && bytes[stop] !== LF) stop++
      if (stop === end) {
        if (this.#lineLength + end - at > maxEventBytes) return false
        this.#keepLine(bytes, at, end)
        break
      }
      if (this.#lineLength > 0) {
        this.#keepLine(bytes, at, stop)
        const length = this.#lineLength
        this.#lineLength = 0
        this.#readLine(this.#line, 0, length, false)
      } else {
        this.#readLine(bytes, at, stop, true)
      }
      if (this.#dataLength > maxEventBytes) return false
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
    if (this.#hasData) this.#append(newline, 0, 1)
    this.#hasData = true
    this.#append(bytes, valueAt, end)
  }

  #dispatch(): void {
    if (this.#slice !== undefined) {
      const slice = this.#slice
      this.#slice = undefined
      this.#onPayload(slice, this.#sliceStart, this.#sliceEnd)
    } else if (this.#hasData) {
      this.#hasData = false
      const length = this.#dataLength
      this.#dataLength = 0
      this.#onPayload(this.#data, 0, length)
    }
  }

  #keepSlice(): void {
    const slice = this.#slice
    this.#slice = undefined
    this.#hasData = true
    if (slice !== undefined) this.#append(slice, this.#sliceStart, this.#sliceEnd)
  }

  #keepLine(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#lineLength + to - from
    if (length > this.#line.length) this.#line = grown(this.#line, length)
    this.#line.set(bytes.subarray(from, to), this.#lineLength)
    this.#lineLength = length
  }

  #append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#dataLength + to - from
    if (length > this.#data.length) this.#data = grown(this.#data, length)
    this.#data.set(bytes.subarray(from, to), this.#dataLength)
    this.#dataLength = length
  }
}

const newline = Uint8Array.of(LF)

function grown(bytes: Uint8Array<ArrayBuffer>, atLeast: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(atLeast, bytes.length * 2, leastBuffer))
  larger.set(bytes)
  return larger
}

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
