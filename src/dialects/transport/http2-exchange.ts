import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Clock } from '../../model/clock.ts'
import type { EncodedRequest, WireSink } from '../../model/wire.ts'
import { callProblem } from './grpc.ts'
import { retryAfterOf } from './head.ts'
import type { Http2Session } from './http2-session.ts'
import type { Problem, Reply } from './reply.ts'
import { maxHeadBytes } from './response-parser.ts'

/** One request on a stream of a session, and its reply. */
export class Http2Exchange {
  readonly #session: Http2Session
  /** Lent to this exchange until it is over. */
  readonly #reply: Reply
  readonly #clock: Clock
  readonly #stream: ClientHttp2Stream
  readonly #onWhole: () => void
  readonly #onOver: () => void
  readonly #onClosed: () => void
  /** Until the reply has ended, or the request was cancelled; the stream lives on for a while. */
  #sink: WireSink | undefined
  #error: NodeJS.ErrnoException | undefined
  /** A call's fields that hold its status: the trailers, or the head of a reply without a body. */
  #trailers: IncomingHttpHeaders | undefined
  readonly #isGrpc: boolean
  #hasHead = false
  #isOk = false
  #holdsStream = true

  /**
   * Sends at once, on a stream whose place the caller has taken.
   * @param onWhole told when the reply has come to its end and can be used for another, right before the sink is
   * @param onOver told when the request is over, whatever became of it, right before the sink is
   * @param onClosed told when the stream is closed, whatever became of the reply
   */
  constructor(options: {
    readonly session: Http2Session
    readonly reply: Reply
    readonly clock: Clock
    readonly sink: WireSink
    readonly headers: OutgoingHttpHeaders
    readonly request: EncodedRequest
    readonly isGrpc: boolean
    readonly onWhole: () => void
    readonly onOver: () => void
    readonly onClosed: () => void
  }) {
    const { session, reply, clock, sink, headers, request } = options
    this.#session = session
    this.#reply = reply
    this.#clock = clock
    this.#onWhole = options.onWhole
    this.#onOver = options.onOver
    this.#onClosed = options.onClosed
    this.#sink = sink
    this.#isGrpc = options.isGrpc
    reply.begin(sink, request.echoes)
    sink.endpoint(session.endpointIndex)
    sink.sent(clock.now())
    const stream = session.request(headers)
    this.#stream = stream
    stream.write(request.bytes, (error) => {
      if (!error) this.#sink?.written(clock.now())
    })
    // In the same turn, so that the last frame of the body ends the stream.
    stream.end()
    stream.on('response', (fields) => this.#head(fields))
    if (this.#isGrpc) {
      stream.on('trailers', (fields) => {
        this.#trailers = fields
      })
    }
    stream.on('end', () => this.#end())
    stream.on('close', () => this.#closed())
    stream.on('error', (error) => {
      this.#error = error
    })
  }

  /** Resets the stream without a word to the sink; the session goes on. */
  cancel(): void {
    if (this.#sink === undefined) return
    this.#over()
    this.#stream.close(constants.NGHTTP2_CANCEL)
  }

  #head(fields: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    if (this.#sink === undefined) return
    this.#hasHead = true
    this.#isOk = fields[':status'] === 200
    const atNs = this.#session.readNs()
    if (sizeOf(fields) > maxHeadBytes) {
      this.#broken({
        kind: 'too-large',
        message: `The response head is longer than ${maxHeadBytes / 1024} KiB.`,
      })
      return
    }
    if (this.#isGrpc && fields['grpc-status'] !== undefined) this.#trailers = fields
    const problem = this.#reply.head(atNs, {
      status: fields[':status'] ?? 0,
      // HTTP/2 has none.
      reason: '',
      contentType: (fields['content-type'] ?? '').toLowerCase(),
      contentEncoding: encodingOf(fields, this.#isGrpc),
      location: fields.location,
      retryAfterS: retryAfterOf(fields['retry-after'], fields.date),
    })
    // Only now does the stream flow: the head always comes before the body.
    this.#stream.on('data', (bytes: Uint8Array) => this.#body(bytes))
    if (problem !== undefined) this.#broken(problem)
  }

  #body(bytes: Uint8Array): void {
    if (this.#sink === undefined) return
    const problem = this.#reply.body(this.#session.readNs(), bytes, 0, bytes.length)
    if (problem !== undefined) this.#broken(problem)
  }

  #end(): void {
    const sink = this.#sink
    // A stream that was reset ends too: its close tells why.
    if (sink === undefined || !this.#hasHead || this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR) return
    const atNs = this.#session.readNs()
    const problem = this.#failedCall() ?? this.#reply.finish()
    this.#session.served++
    // Both sides have ended: the server does not count the stream any more, and the next request may follow at once.
    if (this.#stream.writableFinished) this.#release()
    else this.#stream.close(constants.NGHTTP2_CANCEL)
    this.#over()
    this.#onWhole()
    if (problem === undefined) sink.ended(atNs)
    else sink.failed(atNs, problem.kind, problem.message)
  }

  /** What the status of a call says that was answered at all. */
  #failedCall(): Problem | undefined {
    return this.#isGrpc && this.#isOk ? callProblem(this.#trailers) : undefined
  }

  #broken({ kind, message }: Problem): void {
    const sink = this.#sink
    this.#stream.close(constants.NGHTTP2_CANCEL)
    this.#over()
    sink?.failed(this.#session.readNs(), kind, message)
  }

  #closed(): void {
    this.#release()
    const sink = this.#sink
    if (sink !== undefined) {
      const { kind, message } = this.#session.lossOf(this.#stream.rstCode ?? 0, this.#hasHead, this.#error)
      this.#over()
      sink.failed(this.#clock.now(), kind, message)
    }
    this.#onClosed()
  }

  #over(): void {
    this.#sink = undefined
    this.#reply.sink = undefined
    this.#onOver()
  }

  #release(): void {
    if (!this.#holdsStream) return
    this.#holdsStream = false
    this.#session.release()
  }
}

/** How the body is compressed; the messages of gRPC say so in a field of their own. */
function encodingOf(fields: IncomingHttpHeaders, isGrpc: boolean): string {
  const value = fields[isGrpc ? 'grpc-encoding' : 'content-encoding'] ?? 'identity'
  return String(value).toLowerCase()
}

/** Size of a header list, about as RFC 9113, section 6.5.2, counts it: fields of one name count once. */
function sizeOf(fields: IncomingHttpHeaders): number {
  let bytes = 0
  for (const name in fields) bytes += name.length + 32 + String(fields[name]).length
  return bytes
}
