import type { Dialect, Framing, StreamReader } from '../../model/dialect.ts'
import type { ErrorKind } from '../../model/record.ts'
import type { WireSink } from '../../model/wire.ts'
import { makeSplitter } from '../framing/index.ts'
import { maxEventBytes, type Splitter } from '../framing/splitter.ts'

/** Longest body kept whole: an error's, or a reply that is not a stream. */
const maxWholeBytes = 4 * 1024 * 1024

/** What a reply's head says, whatever transport brought it. */
export interface ReplyHead {
  readonly status: number
  readonly reason: string
  readonly contentType: string
  readonly contentEncoding: string
  readonly location: string | undefined
  readonly retryAfterS: number | undefined
}

/** Why a request failed. */
export interface Problem {
  readonly kind: ErrorKind
  readonly message: string
}

/**
 * The reply to one request, whatever transport brings it: tells the sink what its head and its body say. Reused:
 * `begin` comes before each reply. Nothing is allocated per event.
 */
export class Reply {
  readonly #dialect: Dialect
  readonly #rawCapture: boolean
  readonly #reader: StreamReader
  readonly #splitter: Splitter
  #head: ReplyHead | undefined
  /** The body so far, when it is not split into payloads. */
  #whole: Uint8Array[] | undefined
  #wholeBytes = 0
  /** Who is told; absent between replies and after a cancellation. */
  sink: WireSink | undefined

  constructor(dialect: Dialect, rawCapture: boolean) {
    this.#dialect = dialect
    this.#rawCapture = rawCapture
    this.#reader = dialect.makeReader()
    this.#splitter = makeSplitter(dialect.framing, (bytes, start, end) => {
      if (this.sink !== undefined) this.#reader.read(bytes, start, end, this.sink)
    })
  }

  /** `echoes`: of the request, see `EncodedRequest`. */
  begin(sink: WireSink, echoes: readonly string[]): void {
    this.sink = sink
    this.#head = undefined
    this.#whole = undefined
    this.#reader.reset(echoes)
    this.#splitter.reset()
  }

  /** Takes the head, which arrived at `atNs`. Returns why the reply cannot be read, if so. */
  head(atNs: number, head: ReplyHead): Problem | undefined {
    const { sink } = this
    if (sink === undefined) return undefined
    this.#head = head
    this.#whole = head.status === 200 && isSplit(this.#dialect.framing, head.contentType) ? undefined : []
    this.#wholeBytes = 0
    sink.headers(atNs, head.status)
    if (head.retryAfterS !== undefined) sink.retryAfter(head.retryAfterS)
    if (head.contentEncoding === 'identity') return undefined
    const message = `The reply is compressed (${head.contentEncoding}), which delays tokens, although identity was asked for.`
    return { kind: 'protocol', message }
  }

  /** Takes part of the body, bytes[start, end), which arrived at `atNs`. Returns why it cannot be read on, if so. */
  body(atNs: number, bytes: Uint8Array, start: number, end: number): Problem | undefined {
    const { sink } = this
    if (sink === undefined) return undefined
    sink.arrived(atNs, end - start)
    if (this.#rawCapture) sink.raw(bytes, start, end)
    if (this.#whole === undefined) {
      if (this.#splitter.feed(bytes, start, end)) return undefined
      const what = this.#dialect.framing === 'json' ? 'The reply' : 'One event of the stream'
      const message = `${what} is longer than ${maxEventBytes / 1024} KiB.`
      return { kind: 'too-large', message }
    }
    this.#wholeBytes += end - start
    if (this.#wholeBytes > maxWholeBytes) {
      return { kind: 'too-large', message: 'The reply is longer than 4 MiB and not a stream of events.' }
    }
    // The transport may reuse its buffer.
    this.#whole.push(Uint8Array.from(bytes.subarray(start, end)))
    return undefined
  }

  /** The body is complete: reads what could not be read before. Returns the server's refusal, if it is one. */
  finish(): Problem | undefined {
    const { sink } = this
    const head = this.#head
    if (sink === undefined || head === undefined) return undefined
    const whole = this.#whole === undefined ? undefined : Buffer.concat(this.#whole)
    this.#whole = undefined
    if (head.status !== 200) return refusal(head, whole?.toString('utf8') ?? '', this.#dialect)
    if (whole === undefined) this.#splitter.end()
    else this.#readWhole(sink, head, whole)
    this.#reader.end(sink)
    return undefined
  }

  #readWhole(sink: WireSink, head: ReplyHead, body: Buffer): void {
    const { framing } = this.#dialect
    if (framing === 'sse' && head.contentType.includes('json')) {
      this.#reader.read(body, 0, body.length, sink)
      return
    }
    const beginning = body.toString('utf8', 0, 200).replaceAll(/\s+/g, ' ').trim()
    const type = head.contentType || 'no type'
    const what = wholeInstead[framing] ?? 'neither a stream of events nor JSON'
    sink.fail('malformed', `The reply is ${what} (${type}): ${beginning}`)
  }
}

/** What a reply is that does not hold what its framing says. */
const wholeInstead: Readonly<Partial<Record<Framing, string>>> = {
  raw: 'JSON, not plain text',
  grpc: 'not one of gRPC',
}

/** Whether payloads are looked for as a body comes in, rather than in the whole of it. */
function isSplit(framing: Framing, contentType: string): boolean {
  switch (framing) {
    case 'sse':
      // Servers that stream without a type exist; a whole JSON body says so.
      return contentType === '' || contentType.includes('event-stream')
    case 'ndjson':
    case 'nul':
      // Sent as JSON, plain text, events and more; a whole answer is one line.
      return true
    case 'raw':
      // Servers that stream text explain in JSON why they do not.
      return !contentType.includes('json')
    case 'json':
      return true
    case 'grpc':
      return contentType.startsWith('application/grpc')
    default:
      return framing satisfies never
  }
}

function refusal(head: ReplyHead, body: string, dialect: Dialect): Problem {
  if (head.status >= 300 && head.status < 400) {
    const message = `${head.status} redirects to ${head.location ?? 'nowhere'}: give that URL instead.`
    return { kind: 'redirect', message }
  }
  const said = body === '' ? '' : `: ${dialect.errorMessage(body)}`
  return { kind: 'http-status', message: `${`${head.status} ${head.reason}`.trim()}${said}` }
}
