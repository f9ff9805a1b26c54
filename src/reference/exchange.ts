import type { Socket } from 'node:net'
import type { Clock } from '../model/clock.ts'
import type { Cut } from './cuts.ts'
import { noBytes } from './framing.ts'
import type { Ending, Reply } from './reply.ts'
import type { Scheduled, Scheduler } from './scheduler.ts'
import type { Tallied } from './tally.ts'
import type { TruthLog } from './truth-log.ts'

/** What a flood puts in one write at most, unless a single event is longer. */
const maxPackedBytes = 16 * 1024

/** How one request is answered. */
export interface Planned {
  /** Absent: never. */
  readonly reply?: Reply
  readonly cut?: Cut
  /** Where it is logged; absent for the server's own pages. */
  readonly truth?: { readonly log: TruthLog; readonly row: number }
  /** Where it is counted, as the engine that the server plays would. */
  readonly tallied?: Tallied
}

/** What an exchange writes to and is driven by. */
export interface Line {
  readonly socket: Pick<Socket, 'writableLength'> & { write(bytes: Buffer, onFlushed: () => void): boolean }
  readonly clock: Clock
  readonly scheduler: Scheduler
  /** Whatever is due goes out in one write. */
  readonly flood: boolean
  /** Passed to every write: it must call `flushed`. */
  readonly onFlushed: () => void
  /** The reply is written. */
  onEnd(ending: Ending): void
}

/**
 * One reply on its way out. Nothing is written while an earlier write has not been taken whole by the kernel, so
 * the instant in the log is the instant of the write itself also when the client reads too slowly.
 */
export class Exchange implements Scheduled {
  readonly #line: Line
  readonly #planned: Planned
  readonly #startNs: number
  /** The step to come; -1 while the head is written in pieces. */
  #step = 0
  /** When that step is due, from the start on. */
  #dueNs = 0
  /** Of the step to come, when they did not fit into the write before. */
  #held: Buffer | undefined
  #pieces: Buffer[] = []
  #piece = 0
  #blocked = false
  #stopped = false

  /** `startNs`: the instant from which due times run. */
  constructor(line: Line, planned: Planned, startNs: number) {
    this.#line = line
    this.#planned = planned
    this.#startNs = startNs
  }

  begin(): void {
    const { reply, cut, truth } = this.#planned
    if (reply === undefined) return
    this.#planned.tallied?.begin()
    const { clock, scheduler, socket, onFlushed } = this.#line
    if (reply.head.length > 0 && cut !== undefined) {
      this.#step = -1
      scheduler.at(clock.now(), this)
      return
    }
    if (reply.head.length > 0) {
      truth?.log.headers(truth.row, clock.now())
      socket.write(reply.head, onFlushed)
    }
    this.#dueNs = reply.dueNs(0)
    scheduler.at(this.#startNs + this.#dueNs, this)
  }

  fire(): number | undefined {
    const { reply, cut } = this.#planned
    if (this.#stopped || reply === undefined) return undefined
    const { clock, socket, flood, onFlushed } = this.#line
    if (socket.writableLength > 0) {
      this.#blocked = true
      return undefined
    }
    if (cut !== undefined) return this.#firePiece(reply, cut)
    if (flood) return this.#firePacked(reply)
    const bytes = reply.bytes(this.#step)
    this.#log(reply, this.#step, this.#dueNs, clock.now())
    socket.write(bytes, onFlushed)
    return this.#advance(reply)
  }

  /** The kernel has taken everything that was written. */
  flushed(): void {
    if (!this.#blocked || this.#line.socket.writableLength > 0) return
    this.#blocked = false
    this.#line.scheduler.at(this.#line.clock.now(), this)
  }

  /** The connection is gone: nothing more is written or logged. */
  stop(): void {
    this.#stopped = true
    this.#planned.tallied?.end()
  }

  /** Writes all that is due, as far as one write may be long. */
  #firePacked(reply: Reply): number | undefined {
    const { clock, socket, onFlushed } = this.#line
    const untilNs = clock.now() - this.#startNs
    const first = this.#step
    const dues: number[] = []
    const parts: Buffer[] = []
    let size = 0
    do {
      const bytes = this.#held ?? reply.bytes(this.#step)
      if (size > 0 && size + bytes.length > maxPackedBytes) {
        this.#held = bytes
        break
      }
      this.#held = undefined
      size += bytes.length
      parts.push(bytes)
      dues.push(this.#dueNs)
      this.#step++
      if (this.#step < reply.steps) this.#dueNs = reply.dueNs(this.#step)
    } while (this.#step < reply.steps && this.#dueNs <= untilNs)
    const [only = noBytes, ...others] = parts
    const packed = others.length === 0 ? only : Buffer.concat(parts, size)
    const atNs = clock.now()
    for (const [i, dueNs] of dues.entries()) this.#log(reply, first + i, dueNs, atNs)
    socket.write(packed, onFlushed)
    return this.#next(reply)
  }

  #firePiece(reply: Reply, cut: Cut): number | undefined {
    const { clock, socket, onFlushed } = this.#line
    if (this.#piece === this.#pieces.length) {
      this.#pieces = cut(this.#step < 0 ? reply.head : reply.bytes(this.#step))
      this.#piece = 0
    }
    const piece = this.#pieces[this.#piece++]
    const last = this.#piece === this.#pieces.length
    const atNs = clock.now()
    const { truth } = this.#planned
    if (this.#step < 0) truth?.log.headers(truth.row, atNs)
    else if (last) this.#log(reply, this.#step, this.#dueNs, atNs)
    if (piece !== undefined) socket.write(piece, onFlushed)
    // An instant after the turn began, so that the next piece waits for the next turn.
    return last ? this.#advance(reply) : clock.now()
  }

  #log(reply: Reply, step: number, dueNs: number, atNs: number): void {
    const { truth, tallied } = this.#planned
    if (truth === undefined) return
    const { log, row } = truth
    if (step === 0) log.headers(row, atNs)
    const events = reply.events(step)
    const lateNs = atNs - this.#startNs - dueNs
    for (let event = 0; event < events; event++) {
      const tokens = reply.tokens(step, event)
      log.event(row, atNs, lateNs, tokens, reply.answer(step, event))
      tallied?.tokens(tokens, atNs - this.#startNs)
    }
  }

  #advance(reply: Reply): number | undefined {
    this.#step++
    if (this.#step < reply.steps) this.#dueNs = reply.dueNs(this.#step)
    return this.#next(reply)
  }

  #next(reply: Reply): number | undefined {
    if (this.#step < reply.steps) return this.#startNs + this.#dueNs
    const { truth, tallied } = this.#planned
    truth?.log.complete(truth.row)
    tallied?.end(this.#line.clock.now() - this.#startNs)
    this.#stopped = true
    this.#line.onEnd(reply.ending)
    return undefined
  }
}
