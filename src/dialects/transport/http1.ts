import type { Socket } from 'node:net'
import type { Clock } from '../../model/clock.ts'
import type { Dialect } from '../../model/dialect.ts'
import type { ErrorKind } from '../../model/record.ts'
import type { EncodedRequest, WireSink } from '../../model/wire.ts'
import type { Endpoint } from './endpoint.ts'
import type { HeadMemory, ResponseHead } from './head.ts'
import type { Reader, ReadQueue } from './read-queue.ts'
import { type Problem, Reply } from './reply.ts'
import { type ResponseListener, ResponseParser } from './response-parser.ts'
import { ConnectError, closedEarly, kindOf, openSocket, sentenceOf } from './socket.ts'

const noBytes = new Uint8Array(0)

export interface ConnectionOptions {
  readonly endpoint: Endpoint
  readonly endpointIndex: number
  readonly dialect: Dialect
  readonly clock: Clock
  /** Shared by all connections of a thread: each read is handled before the next one begins. */
  readonly readBuffer: Uint8Array
  /** Shared by all connections of a thread. */
  readonly heads: HeadMemory
  /** Shared by all connections of a thread. */
  readonly reads: ReadQueue
  readonly rawCapture: boolean
  /** The request is over, whatever became of it; its sink has not heard yet. */
  onOver(connection: Http1Connection): void
  /** The reply is complete and the connection can take another request. */
  onIdle(connection: Http1Connection): void
  onGone(connection: Http1Connection): void
}

/**
 * One HTTP/1.1 connection and the exchange on it. It is the instrument: time is read first thing in the read
 * callback, bytes are parsed after all sockets have been read, and nothing is allocated per event.
 */
export class Http1Connection implements ResponseListener, Reader {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #parser: ResponseParser
  readonly #reply: Reply
  readonly connected: Promise<void>
  #head: ResponseHead | undefined
  /** Instant of the read that is being parsed. */
  #atNs = 0
  #sawByte = false
  #problem: Problem | undefined
  /** Replies finished on this connection. */
  #served = 0
  /** When the last reply ended, or the connection was made: ns since the epoch. */
  idleSinceNs = 0
  /** As the server states it. */
  idleLimitS: number | undefined
  alive = true

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#parser = new ResponseParser(this, options.heads)
    this.#reply = new Reply(options.dialect, options.rawCapture)
    this.#socket = openSocket(options.endpoint, options.readBuffer, (bytes, length) =>
      options.reads.add(this, bytes, length, options.clock.now()),
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
      const atNs = options.clock.now()
      options.reads.settle()
      this.#atNs = atNs
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
    return this.#reply.sink
  }

  /** Writes a request; the connection must be connected and idle. */
  send(request: EncodedRequest, sink: WireSink): void {
    const { clock, endpointIndex } = this.#options
    this.#head = undefined
    this.#sawByte = false
    this.#parser.reset()
    this.#reply.begin(sink, request.echoes)
    sink.endpoint(endpointIndex)
    sink.sent(clock.now())
    this.#socket.write(request.bytes)
    // The kernel mostly takes it at once; a callback for each write would cost a burst a tenth of its pace.
    if (this.#socket.writableLength === 0) sink.written(clock.now())
    else this.#socket.write(noBytes, () => this.#written(sink))
  }

  #written(sink: WireSink): void {
    // The reply may be over, or the connection gone, when the confirmation comes.
    if (this.alive && this.#reply.sink === sink) sink.written(this.#options.clock.now())
  }

  /** Closes the connection without a word to the sink: closing is how a request is cancelled. */
  abandon(): void {
    this.#over()
    this.destroy()
  }

  destroy(): void {
    this.alive = false
    this.#parser.stop()
    this.#socket.destroy()
  }

  take(bytes: Uint8Array, start: number, end: number, atNs: number): void {
    this.#atNs = atNs
    this.#sawByte = true
    const stop = this.#reply.sink === undefined ? start : this.#parser.read(bytes, start, end)
    // A server that talks without being asked: the connection cannot be trusted with another request.
    const trusted = stop === end
    if (this.#parser.complete) this.#finish(trusted)
    if (!trusted && this.alive) this.destroy()
  }

  head(head: ResponseHead): void {
    if (this.#reply.sink === undefined) return
    this.#head = head
    this.idleLimitS = head.idleLimitS ?? this.idleLimitS
    const problem = this.#reply.head(this.#atNs, head)
    if (problem !== undefined) this.broken(problem.kind, problem.message)
  }

  body(bytes: Uint8Array, start: number, end: number): void {
    const problem = this.#reply.body(this.#atNs, bytes, start, end)
    if (problem !== undefined) this.broken(problem.kind, problem.message)
  }

  /** The reply is whole: frees the connection, so that what comes next can use it, and then tells the sink. */
  #finish(reusable: boolean): void {
    const { sink } = this.#reply
    const head = this.#head
    if (sink === undefined || head === undefined) return
    const atNs = this.#atNs
    const problem = this.#reply.finish()
    this.#over()
    this.#served++
    this.idleSinceNs = atNs
    if (reusable && this.alive && head.keepAlive && head.requestsLeft !== 0) this.#options.onIdle(this)
    else this.destroy()
    if (problem === undefined) sink.ended(atNs)
    else sink.failed(atNs, problem.kind, problem.message)
  }

  /** Ends the exchange and the connection: what follows on it could not be told apart. */
  broken(kind: ErrorKind, message: string): void {
    const { sink } = this.#reply
    this.#over()
    this.destroy()
    sink?.failed(this.#atNs, kind, message)
  }

  #over(): void {
    if (this.#reply.sink === undefined) return
    this.#reply.sink = undefined
    this.#options.onOver(this)
  }

  #closed(): void {
    this.#options.reads.settle()
    this.alive = false
    const { sink } = this.#reply
    this.#over()
    if (sink !== undefined) {
      const { kind, message } = this.#loss()
      sink.failed(this.#options.clock.now(), kind, message)
    }
    this.#options.onGone(this)
  }

  #loss(): Problem {
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
