import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import type { Clock } from '../model/clock.ts'
import type { Answers, Origin } from './answer.ts'
import { answerCall } from './call-answers.ts'
import { Exchange, type Line, type Planned } from './exchange.ts'
import type { Ending } from './reply.ts'
import type { Scheduler } from './scheduler.ts'
import type { Fields } from './shapes/shape.ts'
import { tritonCall } from './triton/calls.ts'
import { callAt, framed } from './triton/messages.ts'

const prefixBytes = 5
const shapes = { ModelInfer: tritonCall(false), ModelStreamInfer: tritonCall(true) }

export interface GrpcOptions {
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly flood: boolean
  readonly maxBodyBytes: number
  readonly answers: Answers
}

/** gRPC on connections that turn out to be HTTP/2 with prior knowledge. */
export class GrpcServer {
  readonly #server: Http2Server
  /** Of the connection that is being taken over. */
  #taken: Origin = { connection: 0, requests: 0 }

  constructor(options: GrpcOptions) {
    this.#server = createServer()
    this.#server.on('session', (session) => {
      const origin = this.#taken
      session.on('stream', (stream, headers) => new Call(stream, headers, origin, options))
      session.on('error', () => {})
    })
    this.#server.on('error', () => {})
  }

  /** Takes over a connection whose first bytes have been read, and put back. */
  take(socket: Socket, origin: Origin): void {
    this.#taken = origin
    this.#server.emit('connection', socket)
  }
}

/** One call: requests come in, each is answered at its times, and the call ends when all are. */
class Call {
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  readonly #options: GrpcOptions
  readonly #origin: Origin
  readonly #path: string
  readonly #line: Line
  readonly #exchanges = new Set<Exchange>()
  #received: Buffer = Buffer.alloc(0)
  #isHalfClosed = false
  #isOver = false
  #deadline: NodeJS.Timeout | undefined

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, origin: Origin, options: GrpcOptions) {
    this.#stream = stream
    this.#headers = headers
    this.#origin = origin
    this.#options = options
    this.#path = headers[':path'] ?? ''
    const { clock, scheduler, flood } = options
    this.#line = {
      socket: this.#writer(),
      clock,
      scheduler,
      flood,
      onFlushed: () => {
        for (const exchange of this.#exchanges) exchange.flushed()
      },
      onEnd: () => {},
    }
    stream.on('data', (bytes: Buffer) => this.#read(bytes, clock.now()))
    stream.on('end', () => {
      this.#isHalfClosed = true
      this.#endIfDone()
    })
    stream.on('error', () => {})
    stream.on('close', () => this.#leave())
    const ms = timeoutMs(headers['grpc-timeout'])
    if (ms !== undefined) this.#deadline = setTimeout(() => this.#end(4, 'Deadline Exceeded'), ms)
  }

  /** The head goes out with the first bytes, as it does from servers that have nothing to say before. */
  #writer(): Line['socket'] {
    const stream = this.#stream
    const begin = () => this.#begin()
    return {
      get writableLength() {
        return stream.writableLength
      },
      write(bytes: Buffer, onFlushed: () => void) {
        begin()
        return stream.destroyed || stream.writableEnded ? false : stream.write(bytes, onFlushed)
      },
    }
  }

  #begin(): void {
    if (this.#stream.headersSent || this.#stream.destroyed) return
    this.#stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    this.#stream.on('wantTrailers', () => this.#stream.sendTrailers({ 'grpc-status': '0' }))
  }

  #read(bytes: Buffer, atNs: number): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    while (this.#received.length >= prefixBytes && !this.#isOver) {
      const end = prefixBytes + this.#received.readUInt32BE(1)
      if (end > this.#options.maxBodyBytes) {
        this.#end(8, `Received message larger than max (${end} vs. ${this.#options.maxBodyBytes})`)
        return
      }
      if (this.#received.length < end) return
      const message = this.#received.subarray(prefixBytes, end)
      this.#received = this.#received.subarray(end)
      this.#message(message, atNs)
    }
  }

  #message(message: Buffer, atNs: number): void {
    const call = callAt(this.#path)
    if (call === undefined) {
      this.#end(12, `${this.#path} is not served here.`)
      return
    }
    const fields = decoded(call.method.requestDeserialize, message)
    if (fields === undefined) {
      this.#end(13, 'The message cannot be read.')
      return
    }
    const { answers } = this.#options
    const requestId = this.#headers['x-request-id']
    const answer = answerCall(answers, {
      name: call.name,
      ...(Object.hasOwn(shapes, call.name) ? { shape: shapes[call.name as keyof typeof shapes] } : {}),
      path: this.#path.slice(0, this.#path.lastIndexOf('/inference.')),
      fields: fields as Fields,
      requestId: typeof requestId === 'string' ? requestId : undefined,
      origin: this.#origin,
      arrivalNs: atNs,
    })
    if (answer.kind === 'refusal') this.#end(answer.code, answer.message)
    else if (answer.kind === 'message') this.#writeApart(call.method.responseSerialize(answer.message))
    else this.#exchange(answer.planned, atNs)
  }

  /** An answer at once, after which the call may go on. */
  #writeApart(message: Buffer): void {
    this.#begin()
    this.#stream.write(framed(message))
    this.#endIfDone()
  }

  #exchange(planned: Planned, atNs: number): void {
    const exchange: Exchange = new Exchange(
      {
        ...this.#line,
        onEnd: (ending) => {
          this.#exchanges.delete(exchange)
          this.#ended(ending)
        },
      },
      planned,
      atNs,
    )
    this.#exchanges.add(exchange)
    exchange.begin()
  }

  #ended(ending: Ending): void {
    if (ending === 'reset' || ending === 'destroy') {
      this.#isOver = true
      // What was written goes out first.
      setImmediate(() => this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR))
      return
    }
    this.#endIfDone()
  }

  #endIfDone(): void {
    if (!this.#isHalfClosed || this.#isOver || this.#exchanges.size > 0 || this.#stream.destroyed) return
    this.#isOver = true
    this.#begin()
    this.#stream.end()
  }

  /** Ends the call with a status of its own. */
  #end(code: number, message: string): void {
    if (this.#isOver || this.#stream.destroyed) return
    this.#isOver = true
    for (const exchange of this.#exchanges) exchange.stop()
    const status = { 'grpc-status': String(code), 'grpc-message': percentEncoded(message) }
    if (this.#stream.headersSent) {
      this.#stream.removeAllListeners('wantTrailers')
      this.#stream.on('wantTrailers', () => this.#stream.sendTrailers(status))
      this.#stream.end()
    } else {
      this.#stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', ...status },
        { endStream: true },
      )
    }
  }

  #leave(): void {
    this.#isOver = true
    clearTimeout(this.#deadline)
    for (const exchange of this.#exchanges) exchange.stop()
  }
}

function decoded(deserialize: (bytes: Buffer) => object, message: Buffer): object | undefined {
  try {
    return deserialize(message)
  } catch {
    return undefined
  }
}

const units: Readonly<Record<string, number>> = { H: 3.6e6, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** grpc-timeout: at most eight digits and a unit. */
function timeoutMs(header: string | string[] | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(String(header ?? '')) ?? []
  const ms = Number(digits) * (units[unit] ?? 0)
  // Timers take 31 bits.
  return digits === undefined || ms > 2 ** 31 - 1 ? undefined : ms
}

/** Printable ASCII stands for itself, but for the percent sign. */
function percentEncoded(message: string): string {
  return message.replaceAll(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent)
}
