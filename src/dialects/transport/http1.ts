import type { Socket } from 'node:net'
import type { Clock } from '../../model/clock.ts'
import type { Dialect, StreamReader } from '../../model/dialect.ts'
import type { ErrorKind } from '../../model/record.ts'
import type { WireSink } from '../../model/wire.ts'
import { maxEventBytes, SseSplitter } from '../framing/sse.ts'
import type { Endpoint } from './endpoint.ts'
import type { ResponseHead } from './head.ts'
import { type ResponseListener, ResponseParser } from './response-parser.ts'
import { ConnectError, closedEarly, kindOf, openSocket, sentenceOf } from './socket.ts'

/** Longest body kept whole: an error's, or a reply that is not a stream. */
const maxWholeBytes = 4 * 1024 * 1024

export interface ConnectionOptions {
  readonly endpoint: Endpoint
  readonly endpointIndex: number
  readonly dialect: Dialect
  readonly clock: Clock
  /** Shared by all connections of a thread: each read is handled before the next one begins. */
  readonly readBuffer: Uint8Array
  readonly rawCapture: boolean
  /** The reply is complete and the connection can take another request. */
  onIdle(connection: Http1Connection): void
  onGone(connection: Http1Connection): void
}

/**
 * One HTTP/1.1 connection and the exchange on it. It is the instrument: time is read first thing in the read
 * callback, bytes are parsed where they lie in the reused buffer, and nothing is allocated per event.
 */
export class Http1Connection implements ResponseListener {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #parser: ResponseParser
  readonly #reader: StreamReader
  readonly #splitter: SseSplitter
  readonly connected: Promise<void>
  #sink: WireSink | undefined
  #head: ResponseHead | undefined
  /** The body so far, when it is no stream of events. */
  #whole: Uint8Array[] | undefined
  #wholeBytes = 0
  /** Instant of the read in progress. */
  #atNs = 0
  #sawByte = false
  #problem: { readonly kind: ErrorKind; readonly message: string } | undefined
  /** Replies finished on this connection. */
  #served = 0
  /** When the last reply ended, or the connection was made: ns since the epoch. */
  idleSinceNs = 0
  /** As the server states it. */
  idleLimitS: number | undefined
  alive = true

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#parser = new ResponseParser(this)
    this.#reader = options.dialect.makeReader()
    this.#splitter = new SseSplitter((bytes, start, end) => this.#payload(bytes, start, end))
    this.#socket = openSocket(options.endpoint, options.readBuffer, (bytes, length) =>
      this.#read(bytes, length),
    )
    this.connected = new Promise((resolve, reject) => {
      this.#socket.once(options.endpoint.tls ? 'secureConnect' : 'connect', () => {
        this.idleSinceNs = options.clock.now()
        resolve()
      })
      this.#socket.once('close', () => reject(new ConnectError(this.#problem ?? closedEarly)))
    })
    // Whoever waits for the connection handles its failure; nobody waits for idle ones.
    this.connected.catch(() => {})
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      const kind = kindOf(error, this.idleSinceNs > 0, options.endpoint.tls)
      this.#problem = { kind, message: sentenceOf(error) }
    })
    this.#socket.on('end', () => {
      this.#atNs = options.clock.now()
      this.#parser.closed()
      if (this.#parser.complete) this.#finish(false)
      this.destroy()
    })
    this.#socket.on('close', () => this.#closed())
  }

  get endpointIndex(): number {
    return this.#options.endpointIndex
  }

  /** The sink of the exchange in progress. */
  get sink(): WireSink | undefined {
    return this.#sink
  }

  /** Writes a request; the connection must be connected and idle. */
  send(bytes: Uint8Array, sink: WireSink): void {
    const { clock, endpointIndex } = this.#options
    this.#sink = sink
    this.#head = undefined
    this.#sawByte = false
    this.#parser.reset()
    this.#reader.reset()
    this.#splitter.reset()
    sink.endpoint(endpointIndex)
    sink.sent(clock.now())
    this.#socket.write(bytes, (error) => {
      // Another exchange may have begun when the confirmation comes.
      if (!error && this.#sink === sink) sink.written(clock.now())
    })
  }

  /** Closes the connection without a word to the sink: closing is how a request is cancelled. */
  abandon(): void {
    this.#sink = undefined
    this.destroy()
  }

  destroy(): void {
    this.alive = false
    this.#parser.stop()
    this.#socket.destroy()
  }

  #read(bytes: Uint8Array, length: number): void {
    this.#atNs = this.#options.clock.now()
    this.#sawByte = true
    const end = this.#sink === undefined ? 0 : this.#parser.read(bytes, 0, length)
    // A server that talks without being asked: the connection cannot be trusted with another request.
    const trusted = end === length
    if (this.#parser.complete) this.#finish(trusted)
    if (!trusted && this.alive) this.destroy()
  }

  head(head: ResponseHead): void {
    const sink = this.#sink
    if (sink === undefined) return
    this.#head = head
    this.idleLimitS = head.idleLimitS ?? this.idleLimitS
    this.#whole = head.status === 200 && isStream(head.contentType) ? undefined : []
    this.#wholeBytes = 0
    sink.headers(this.#atNs, head.status)
    if (head.retryAfterS !== undefined) sink.retryAfter(head.retryAfterS)
    if (head.contentEncoding !== 'identity') {
      const message = `The reply is compressed (${head.contentEncoding}), which delays tokens, although identity was asked for.`
      this.broken('protocol', message)
    }
  }

  body(bytes: Uint8Array, start: number, end: number): void {
    const sink = this.#sink
    if (sink === undefined) return
    sink.arrived(this.#atNs, end - start)
    if (this.#options.rawCapture) sink.raw(bytes, start, end)
    if (this.#whole === undefined) {
      if (!this.#splitter.feed(bytes, start, end)) {
        this.broken('too-large', `One event of the stream is longer than ${maxEventBytes / 1024} KiB.`)
      }
      return
    }
    this.#wholeBytes += end - start
    if (this.#wholeBytes > maxWholeBytes) {
      this.broken('too-large', 'The reply is longer than 4 MiB and not a stream of events.')
      return
    }
    this.#whole.push(Uint8Array.from(bytes.subarray(start, end)))
  }

  /** The reply is whole: frees the connection, so that what comes next can use it, and then tells the sink. */
  #finish(reusable: boolean): void {
    const sink = this.#sink
    const head = this.#head
    if (sink === undefined || head === undefined) return
    const atNs = this.#atNs
    const whole = this.#whole
    if (head.status === 200) {
      if (whole !== undefined) this.#readWhole(sink, head, Buffer.concat(whole))
      this.#reader.end(sink)
    }
    this.#sink = undefined
    this.#served++
    this.idleSinceNs = atNs
    if (reusable && this.alive && head.keepAlive && head.requestsLeft !== 0) this.#options.onIdle(this)
    else this.destroy()
    if (head.status === 200) {
      sink.ended(atNs)
    } else {
      const { kind, message } = refusal(
        head,
        Buffer.concat(whole ?? []).toString('utf8'),
        this.#options.dialect,
      )
      sink.failed(atNs, kind, message)
    }
  }

  /** Ends the exchange and the connection: what follows on it could not be told apart. */
  broken(kind: ErrorKind, message: string): void {
    const sink = this.#sink
    this.#sink = undefined
    this.destroy()
    sink?.failed(this.#atNs, kind, message)
  }

  #payload(bytes: Uint8Array, start: number, end: number): void {
    if (this.#sink !== undefined) this.#reader.read(bytes, start, end, this.#sink)
  }

  #readWhole(sink: WireSink, head: ResponseHead, body: Buffer): void {
    if (head.contentType.includes('json')) {
      this.#reader.read(body, 0, body.length, sink)
      return
    }
    const beginning = body.toString('utf8', 0, 200).replaceAll(/\s+/g, ' ').trim()
    const type = head.contentType || 'no type'
    sink.fail('malformed', `The reply is neither a stream of events nor JSON (${type}): ${beginning}`)
  }

  #closed(): void {
    this.alive = false
    const sink = this.#sink
    this.#sink = undefined
    if (sink !== undefined) {
      const { kind, message } = this.#loss()
      sink.failed(this.#options.clock.now(), kind, message)
    }
    this.#options.onGone(this)
  }

  #loss(): { readonly kind: ErrorKind; readonly message: string } {
    if (!this.#sawByte && this.#served > 0) {
      const message = 'The server closed the kept-alive connection as the request was sent.'
      return { kind: 'stale-connection', message }
    }
    if (this.#problem !== undefined) return this.#problem
    return this.#sawByte
      ? { kind: 'truncated', message: 'The connection was closed in the middle of the reply.' }
      : { kind: 'reset', message: 'The connection was closed before the reply.' }
  }
}

/** Servers that stream without a type exist; a whole JSON body says so. */
function isStream(contentType: string): boolean {
  return contentType === '' || contentType.includes('event-stream')
}

function refusal(head: ResponseHead, body: string, dialect: Dialect): { kind: ErrorKind; message: string } {
  if (head.status >= 300 && head.status < 400) {
    const message = `${head.status} redirects to ${head.location ?? 'nowhere'}: give that URL instead.`
    return { kind: 'redirect', message }
  }
  const said = body === '' ? '' : `: ${dialect.errorMessage(body)}`
  return { kind: 'http-status', message: `${`${head.status} ${head.reason}`.trim()}${said}` }
}
