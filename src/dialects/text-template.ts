const noBytes = new Uint8Array(0)
const encoder = new TextEncoder()
const QUOTE = 34
const BACKSLASH = 92
const NINE = 57
const ZERO = 48
const unknown = 2 ** 30
const indexKey = '"index":'
/** Longest event that is learned from: a server could else fill memory with them. */
const maxBytes = 2048
/** After this many events in a row that the template does not fit, a stream's events are all parsed. */
const maxMisses = 8

/** How JSON spells the beginning of a string under each of `keys`. */
export function textKeys(...keys: readonly string[]): readonly Uint8Array[] {
  return keys.flatMap((key) => [encoder.encode(`"${key}":"`), encoder.encode(`"${key}": "`)])
}

/**
 * The bytes around the text of an event. Most events of a stream differ in their text alone: one with the same bytes
 * around a text without quote or backslash is the same JSON with another string, so it need not be parsed.
 */
export class TextTemplate {
  #before = noBytes
  /** Longer than any event while nothing is learned. */
  #beforeLength = unknown
  #after = noBytes
  #afterLength = 0
  #misses = 0
  /** Where the number of the choice begins, from the event's start; where it ends, from the event's end, if negative. */
  #indexAt: number | undefined
  /** Flags of the event it was learned from. */
  flags = 0

  reset(): void {
    this.#beforeLength = unknown
    this.#misses = 0
  }

  /** Whether bytes[start, end) is the same event with another text, which lies in [textStart, textEnd). */
  fits(bytes: Uint8Array, start: number, end: number): boolean {
    const textStart = start + this.#beforeLength
    const textEnd = end - this.#afterLength
    if (textEnd <= textStart) return false
    if (!isSame(bytes, start, this.#before, this.#beforeLength)) return false
    if (!isSame(bytes, textEnd, this.#after, this.#afterLength)) return false
    for (let i = textStart; i < textEnd; i++) {
      const byte = bytes[i]
      if (byte === QUOTE || byte === BACKSLASH) return false
    }
    if (this.#misses !== 0) this.#misses = 0
    return true
  }

  textStart(start: number): number {
    return start + this.#beforeLength
  }

  textEnd(end: number): number {
    return end - this.#afterLength
  }

  /** The number after "index", where this template has its own: a guess, as only `fits` looks at all bytes. */
  indexIn(bytes: Uint8Array, start: number, end: number): number | undefined {
    const at = this.#indexAt
    if (this.#beforeLength === unknown || at === undefined) return undefined
    let from = start + at
    if (at < 0) {
      from = end + at
      while (from > start && isDigit(bytes[from - 1])) from--
    }
    let value = 0
    let i = from
    for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + (bytes[i] ?? 0) - ZERO
    return i === from ? undefined : value
  }

  /** Learns from an event whose only text under one of `keys` is `said`. */
  learn(source: Uint8Array, keys: readonly Uint8Array[], flags: number, said: string): void {
    if (this.#misses >= maxMisses || source.length > maxBytes) return
    this.#misses++
    const text = encoder.encode(said)
    const haystack = Buffer.from(source.buffer, source.byteOffset, source.length)
    const at = onlyTextAt(haystack, keys, text)
    if (at < 0) return
    const afterAt = at + text.length
    const afterLength = source.length - afterAt
    if (at > this.#before.length) this.#before = new Uint8Array(at)
    if (afterLength > this.#after.length) this.#after = new Uint8Array(afterLength)
    this.#before.set(source.subarray(0, at))
    this.#after.set(source.subarray(afterAt))
    this.#beforeLength = at
    this.#afterLength = afterLength
    this.#indexAt = indexAt(haystack, at, afterAt)
    this.flags = flags
  }
}

/**
 * Whether `length` bytes from `start` on are those of `known`. Backwards, as what changes within a stream (ids, times)
 * tends to stand late; four at a time takes a third less than one at a time.
 */
function isSame(bytes: Uint8Array, start: number, known: Uint8Array, length: number): boolean {
  let i = length - 1
  let at = start + i
  for (; i >= 3; i -= 4, at -= 4) {
    if (
      bytes[at] !== known[i] ||
      bytes[at - 1] !== known[i - 1] ||
      bytes[at - 2] !== known[i - 2] ||
      bytes[at - 3] !== known[i - 3]
    ) {
      return false
    }
  }
  for (; i >= 0; i--, at--) if (bytes[at] !== known[i]) return false
  return true
}

/** Where the text lies between its quotes, if exactly one of the keys with a string value is in the event; else -1. */
function onlyTextAt(haystack: Buffer, keys: readonly Uint8Array[], text: Uint8Array): number {
  let found = -1
  for (const key of keys) {
    for (let at = haystack.indexOf(key); at >= 0; at = haystack.indexOf(key, at + key.length)) {
      if (found >= 0) return -1
      found = at + key.length
    }
  }
  if (found < 0 || haystack[found + text.length] !== QUOTE) return -1
  for (let i = 0; i < text.length; i++) if (haystack[found + i] !== text[i]) return -1
  return found
}

/** See `#indexAt`. */
function indexAt(haystack: Buffer, textStart: number, textEnd: number): number | undefined {
  let at = haystack.subarray(0, textStart).lastIndexOf(indexKey)
  const isBefore = at >= 0
  if (!isBefore) at = haystack.indexOf(indexKey, textEnd)
  if (at < 0) return undefined
  at += indexKey.length
  while (haystack[at] === 32) at++
  if (isBefore) return at
  while (isDigit(haystack[at])) at++
  return at - haystack.length
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
