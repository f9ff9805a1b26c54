import type { ErrorKind } from '../../model/record.ts'
import { type HeadMemory, parseHead, type ResponseHead } from './head.ts'

/** Of a response's head, trailer or chunk line. */
export const maxHeadBytes = 64 * 1024
const maxChunkDigits = 12
const CR = 13
const LF = 10

/** What the parser finds, in order: one head and any number of body slices; `broken` ends it early. */
export interface ResponseListener {
  head(head: ResponseHead): void
  /** Part of the body, framing removed: bytes[start, end), valid during the call. */
  body(bytes: Uint8Array, start: number, end: number): void
  /** The bytes are no valid response; nothing follows. */
  broken(kind: ErrorKind, message: string): void
}

type State =
  | 'head'
  | 'length'
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'until-close'
  | 'done'

/** Parses one HTTP/1.1 response (RFC 9112) where its bytes lie: no copy of the body, no allocation per chunk. */
export class ResponseParser {
  readonly #listener: ResponseListener
  readonly #heads: HeadMemory
  #state: State = 'head'
  #head: Uint8Array = emptyBytes
  #remaining = 0
  #chunkDigits = 0
  #lineLength = 0
  #complete = false

  /** `heads`: shared by all connections of a thread. */
  constructor(listener: ResponseListener, heads: HeadMemory) {
    this.#listener = listener
    this.#heads = heads
  }

  reset(): void {
    this.#state = 'head'
    this.#complete = false
    this.#head = emptyBytes
  }

  /** Reads bytes[start, length); returns where it stopped: before `length` when the response ended there. */
  read(bytes: Uint8Array, start: number, length: number): number {
    let at = start
    while (at < length) {
      switch (this.#state) {
        case 'head':
          at = this.#readHead(bytes, at, length)
          break
        case 'length':
        case 'chunk-data': {
          const end = Math.min(length, at + this.#remaining)
          this.#remaining -= end - at
          // The state moves on first: the listener may end the exchange.
          const last = this.#remaining === 0
          if (last && this.#state === 'chunk-data') this.#state = 'chunk-end'
          this.#listener.body(bytes, at, end)
          at = end
          if (last && this.#state === 'length') this.#end()
          break
        }
        case 'chunk-size':
        case 'chunk-extension':
          at = this.#readChunkSize(bytes, at, length)
          break
        case 'chunk-end':
          if (bytes[at] === LF) this.#expectChunk()
          else if (bytes[at] !== CR) this.#break('protocol', 'A chunk of the reply is longer than it says.')
          at++
          break
        case 'trailer':
          at = this.#readTrailer(bytes, at, length)
          break
        case 'until-close':
          this.#listener.body(bytes, at, length)
          return length
        case 'done':
          return at
        default:
          this.#state satisfies never
      }
    }
    return at
  }

  /** The server closed its side: the end of a body that has no other. */
  closed(): void {
    if (this.#state === 'until-close') this.#end()
  }

  /** Stops: further bytes are left unread. */
  stop(): void {
    this.#state = 'done'
  }

  /** The response has ended as it should. Not told by a call, so that the reader can finish with its bytes first. */
  get complete(): boolean {
    return this.#complete
  }

  #end(): void {
    this.#state = 'done'
    this.#complete = true
  }

  #break(kind: ErrorKind, message: string): void {
    this.#state = 'done'
    this.#listener.broken(kind, message)
  }

  #readHead(bytes: Uint8Array, start: number, length: number): number {
    const kept = this.#head.length
    const known = kept === 0 ? this.#heads.startsWith(bytes, start, length) : undefined
    if (known !== undefined) {
      this.#begin(known.head)
      return start + known.length
    }
    const all = Buffer.concat([this.#head, bytes.subarray(start, length)])
    const end = all.indexOf('\r\n\r\n', Math.max(0, kept - 3))
    if (end > maxHeadBytes || (end < 0 && all.length > maxHeadBytes)) {
      this.#break('too-large', `The response head is longer than ${maxHeadBytes / 1024} KiB.`)
      return length
    }
    if (end < 0) {
      this.#head = all
      if (kept < 5 && all.length >= 5 && all.toString('latin1', 0, 5) !== 'HTTP/') this.#notHttp(all)
      return length
    }
    this.#head = emptyBytes
    const head = parseHead(all.toString('latin1', 0, end))
    if (typeof head === 'string') this.#break('protocol', head)
    else if (head.status === 101) this.#break('protocol', 'The server wants to switch protocols.')
    else if (head.status >= 200) {
      this.#heads.remember(all.subarray(0, end + 4), head)
      this.#begin(head)
    }
    return start + end + 4 - kept
  }

  #notHttp(bytes: Buffer): void {
    const start = JSON.stringify(bytes.toString('latin1', 0, 60))
    this.#break('protocol', `The server does not speak HTTP/1.1; its answer begins with ${start}.`)
  }

  #begin(head: ResponseHead): void {
    switch (head.body.kind) {
      case 'chunked':
        this.#expectChunk()
        break
      case 'length':
        this.#remaining = head.body.bytes
        this.#state = 'length'
        break
      case 'until-close':
        this.#state = 'until-close'
        break
      default:
        head.body satisfies never
    }
    this.#listener.head(head)
    if (this.#state === 'length' && this.#remaining === 0) this.#end()
  }

  #expectChunk(): void {
    this.#state = 'chunk-size'
    this.#remaining = 0
    this.#chunkDigits = 0
  }

  #readChunkSize(bytes: Uint8Array, start: number, length: number): number {
    for (let at = start; at < length; at++) {
      const byte = bytes[at] ?? 0
      const digit = this.#state === 'chunk-size' ? hexDigit(byte) : -1
      if (digit >= 0 && this.#chunkDigits < maxChunkDigits) {
        this.#remaining = this.#remaining * 16 + digit
        this.#chunkDigits++
      } else if (byte === LF && this.#chunkDigits > 0) {
        this.#lineLength = 0
        this.#state = this.#remaining === 0 ? 'trailer' : 'chunk-data'
        return at + 1
      } else if (this.#state === 'chunk-extension') {
        if (++this.#lineLength > maxHeadBytes) {
          this.#break('too-large', 'A chunk extension of the reply is too long.')
          return length
        }
      } else if (this.#chunkDigits > 0 && endsChunkSize(byte)) {
        this.#lineLength = 0
        this.#state = 'chunk-extension'
      } else {
        this.#break('protocol', 'The reply holds a chunk without a valid size.')
        return length
      }
    }
    return length
  }

  #readTrailer(bytes: Uint8Array, start: number, length: number): number {
    for (let at = start; at < length; at++) {
      const byte = bytes[at]
      if (byte === LF) {
        if (this.#lineLength === 0) {
          this.#end()
          return at + 1
        }
        this.#lineLength = 0
      } else if (byte !== CR && ++this.#lineLength > maxHeadBytes) {
        this.#break('too-large', 'A trailer line of the reply is too long.')
        return length
      }
    }
    return length
  }
}

const emptyBytes = new Uint8Array(0)

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** CR, semicolon, space or tab. */
function endsChunkSize(byte: number): boolean {
  return byte === CR || byte === 59 || byte === 32 || byte === 9
}
