import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock } from '../model/clock.ts'
import { Exchange, type Line, type Planned } from './exchange.ts'
import type { Intake } from './intake.ts'
import { atOnce, type Ending } from './reply.ts'
import { type HttpRequest, RequestParser } from './request-parser.ts'
import type { Scheduler } from './scheduler.ts'
import { openAiError } from './shapes/openai-habits.ts'

/** Pipelined requests that wait at most; beyond that the socket is not read. */
const maxWaiting = 64

/** A client on libuv takes a reset that comes in one poll with data for an orderly end. */
const resetAfterNs = 10e6

export interface ConnectionOptions {
  readonly socket: Socket
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly intake: Intake
  readonly flood: boolean
  readonly maxBodyBytes: number
  /** Told when the connection turns out to be HTTP/2; its first bytes have been put back. */
  onHttp2?(): void
  /** `arrivalNs`: right after the read that completed the request. */
  plan(request: HttpRequest, arrivalNs: number): Planned
}

interface Waiting {
  readonly planned: Planned
  readonly arrivalNs: number
}

/** One accepted connection: reads requests, answers them one after the other. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #parser: RequestParser
  readonly #line: Line
  #waiting: Waiting[] = []
  #exchange: Exchange | undefined
  /** Instant of the read whose bytes are being understood. */
  #readNs = 0
  /** When the reply before was through. */
  #freeNs = 0
  #deaf = false
  /** The client has said or done its last. */
  #gone = false

  constructor(options: ConnectionOptions) {
    const { socket, clock, scheduler, flood } = options
    this.#options = options
    this.#socket = socket
    this.#parser = new RequestParser(options.maxBodyBytes, (request) => {
      this.#add({ planned: options.plan(request, this.#readNs), arrivalNs: this.#readNs })
    })
    this.#line = {
      socket,
      clock,
      scheduler,
      flood,
      onFlushed: () => this.#exchange?.flushed(),
      onEnd: (ending) => this.#ended(ending),
    }
    socket.setNoDelay(true)
    const take = (bytes: Buffer, atNs: number) => this.#read(bytes, atNs)
    const onData = (bytes: Buffer) => options.intake.add(bytes, clock.now(), take)
    socket.once('data', (bytes: Buffer) => {
      if (options.onHttp2 !== undefined && isHttp2(bytes)) {
        this.#deaf = true
        socket.unshift(bytes)
        options.onHttp2()
        return
      }
      onData(bytes)
      socket.on('data', onData)
    })
    // What a client does to its own connection is no error here; 'close' follows.
    socket.on('error', () => {})
    socket.on('end', () => this.#leave())
    socket.on('close', () => this.#leave())
  }

  #leave(): void {
    this.#gone = true
    this.#exchange?.stop()
  }

  #read(bytes: Buffer, atNs: number): void {
    this.#readNs = atNs
    if (this.#deaf) return
    const refusal = this.#parser.read(bytes)
    if (refusal !== undefined) {
      this.#deaf = true
      const body = openAiError(refusal.status, 'BadRequestError', refusal.message)
      const reply = atOnce(refusal.status, 'application/json', body, { closes: true })
      this.#add({ planned: { reply }, arrivalNs: this.#readNs })
    }
  }

  #add(waiting: Waiting): void {
    if (this.#exchange === undefined) {
      // What was read before that reply's end may be understood after it.
      this.#begin(waiting.planned, Math.max(waiting.arrivalNs, this.#freeNs))
      return
    }
    this.#waiting.push(waiting)
    if (this.#waiting.length >= maxWaiting) this.#socket.pause()
  }

  #begin(planned: Planned, startNs: number): void {
    this.#exchange = new Exchange(this.#line, planned, startNs)
    if (!this.#gone) this.#exchange.begin()
  }

  #ended(ending: Ending): void {
    this.#exchange = undefined
    this.#freeNs = this.#options.clock.now()
    switch (ending) {
      case 'keep': {
        const next = this.#waiting.shift()
        if (this.#socket.isPaused() && this.#waiting.length < maxWaiting) this.#socket.resume()
        // A pipelined request's times run from the end of the reply before it.
        if (next !== undefined) {
          this.#begin(next.planned, Math.max(next.arrivalNs, this.#freeNs))
        }
        break
      }
      case 'close':
        this.#deaf = true
        this.#waiting = []
        this.#socket.end()
        break
      case 'destroy':
        this.#socket.destroy()
        break
      case 'reset':
        this.#options.scheduler.at(this.#options.clock.now() + resetAfterNs, { fire: () => this.#reset() })
        break
      default:
        ending satisfies never
    }
  }

  #reset(): undefined {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }
}

const preface = Buffer.from('PRI * HTTP/2.0')

/** Clients of HTTP/2 with prior knowledge begin with their preface (RFC 9113, section 3.4). */
function isHttp2(bytes: Buffer): boolean {
  return bytes.length >= preface.length && bytes.subarray(0, preface.length).equals(preface)
}
