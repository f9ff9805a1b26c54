import { createReadStream } from 'node:fs'
import { AssayError, messageOf } from '../model/errors.ts'

/** One record of a file, and the line on which it begins. */
export interface FileRecord {
  readonly text: string
  readonly line: number
}

/** A longer record is not a request but a mistake. */
const longestRecord = 64 * 1024 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true })

const [newline, quote, backslash, openBracket, closeBracket, openBrace, closeBrace, comma] =
  Buffer.from('\n"\\[]{},')
const isSpace = (byte: number) => byte === 32 || byte === 9 || byte === 10 || byte === 13

/**
 * The records of a JSON file, one after the other, however large it is: the elements of an array, or the lines of JSONL,
 * told by the first character. Blank lines are left out. Throws `input-file` for what cannot be read, with its line.
 */
export async function* readRecords(path: string): AsyncGenerator<FileRecord> {
  const cutter = new Cutter(path)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      yield* cutter.cut(chunk as Buffer)
    }
  } catch (cause) {
    if (cause instanceof AssayError) throw cause
    throw unreadable(path, messageOf(cause), cause)
  }
  yield* cutter.end()
}

/** What to say of a file that cannot be read. */
export function unreadable(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError('input-file', `The workload file ${path} cannot be read: ${why}`, {
    hint: 'It must be UTF-8 text; paths in a study are relative to the study file.',
    cause,
  })
}

/** Finds where records begin and end; bytes that belong to none are not kept. */
class Cutter {
  readonly #path: string
  #form: 'unknown' | 'lines' | 'array' | 'after' = 'unknown'
  /** Pieces of the record that is not whole yet. */
  #held: Buffer[] = []
  #heldBytes = 0
  #line = 1
  #recordLine = 1
  #depth = 0
  #inText = false
  #escaped = false
  #inRecord = false
  #atStart = true

  constructor(path: string) {
    this.#path = path
  }

  *cut(given: Buffer): Generator<FileRecord> {
    const chunk = this.#atStart ? withoutMark(given) : given
    this.#atStart = false
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      if (this.#form === 'lines') {
        const end = chunk.indexOf(newline ?? 0, i)
        if (end < 0) break
        yield* this.#record(chunk.subarray(start, end))
        this.#line++
        this.#recordLine = this.#line
        start = end + 1
        i = end
        continue
      }
      if (this.#inText) {
        i = this.#skipText(chunk, i)
        continue
      }
      const byte = chunk[i] ?? 0
      const ended = this.#step(byte)
      if (ended === 'begins' || ended === 'lines') start = i
      if (ended === 'ends') {
        yield* this.#record(chunk.subarray(start, i))
        if (byte === closeBracket) this.#form = 'after'
      }
      if (byte === newline) this.#line++
    }
    if (this.#form === 'lines' || this.#inRecord) this.#hold(chunk.subarray(start))
  }

  *end(): Generator<FileRecord> {
    if (this.#form === 'lines') yield* this.#record(Buffer.alloc(0))
    else if (this.#form === 'array') {
      throw unreadable(this.#path, `line ${this.#line}: the list has no end ("]" is missing).`)
    }
  }

  /** Array mode, a byte at a time. */
  #step(byte: number): 'begins' | 'ends' | 'lines' | undefined {
    if (this.#form === 'unknown') {
      if (isSpace(byte)) return undefined
      this.#form = byte === openBracket ? 'array' : 'lines'
      this.#recordLine = this.#line
      return this.#form === 'lines' ? 'lines' : undefined
    }
    if (this.#form === 'after') {
      if (isSpace(byte)) return undefined
      throw unreadable(this.#path, `line ${this.#line}: something follows the end of the list.`)
    }
    if (this.#depth === 0 && (byte === comma || byte === closeBracket)) {
      if (this.#inRecord) {
        this.#inRecord = false
        return 'ends'
      }
      if (byte === closeBracket) this.#form = 'after'
      return undefined
    }
    if (isSpace(byte)) return undefined
    const begins = !this.#inRecord
    if (begins) {
      this.#inRecord = true
      this.#recordLine = this.#line
    }
    if (byte === quote) this.#inText = true
    else if (byte === openBrace || byte === openBracket) this.#depth++
    else if (byte === closeBrace || byte === closeBracket) this.#depth--
    return begins ? 'begins' : undefined
  }

  /** The end of the text that goes on at `from`, or of the chunk. Most bytes are looked at here alone. */
  #skipText(chunk: Buffer, from: number): number {
    let escaped = this.#escaped
    let at = from
    for (; at < chunk.length; at++) {
      const byte = chunk[at]
      if (escaped) escaped = false
      else if (byte === backslash) escaped = true
      else if (byte === quote) {
        this.#inText = false
        break
      }
      if (byte === newline) this.#line++
    }
    this.#escaped = escaped
    return at
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length
    if (this.#heldBytes > longestRecord) {
      throw unreadable(
        this.#path,
        `line ${this.#recordLine}: a record is longer than 64 MiB, so it is no list of requests.`,
      )
    }
    // Copied: a stream may use its buffers again.
    this.#held.push(Buffer.from(piece))
  }

  *#record(last: Buffer): Generator<FileRecord> {
    const bytes = this.#held.length === 0 ? last : Buffer.concat([...this.#held, last])
    this.#held = []
    this.#heldBytes = 0
    let text: string
    try {
      text = utf8.decode(bytes)
    } catch (cause) {
      throw unreadable(this.#path, `line ${this.#recordLine}: it is not UTF-8.`, cause)
    }
    if (text.trim() !== '') yield { text, line: this.#recordLine }
  }
}

/** A byte order mark is no text. */
function withoutMark(chunk: Buffer): Buffer {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk
}
