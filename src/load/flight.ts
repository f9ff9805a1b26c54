import type { Usage } from '../model/dialect.ts'
import { redact } from '../model/errors.ts'
import { type CancelReason, cancelReasons, type ErrorKind, errorKinds, eventFlags } from '../model/record.ts'
import { outcomeCodes, type RequestDetail, requestColumns } from '../model/record-block.ts'
import type { WireSink } from '../model/wire.ts'
import { column, type Recorder } from './recorder.ts'

/** Text and raw bytes kept of one reply. */
const captureLimit = 64 * 1024
/** The journal keeps a prompt's position in 16 bits. */
const lastPrompt = 2 ** 16 - 1

/** What a flight tells its worker as it goes. */
export interface FlightListener {
  /** A read that belongs to this request. */
  arrived(): void
  firstToken(flight: Flight, atNs: number, sentNs: number): void
  /**
   * A later token, `gapNs` after the one before of the same prompt (absent: the first of a further prompt). `isShared`:
   * it came in the same read as the one before.
   */
  nextToken(gapNs: number | undefined, isShared: boolean): void
  tokens(count: number): void
  ended(flight: Flight, outcome: 'completed' | 'failed' | 'cancelled' | 'dropped'): void
}

/** One request from dispatch to end: the only maker of records. */
export class Flight implements WireSink {
  readonly index: number
  /** Index into `phases`. */
  readonly phase: number
  /** The request's row as the journal takes it; NaN is absent. */
  readonly row = new Float64Array(requestColumns.length).fill(Number.NaN)
  readonly #recorder: Recorder
  readonly #listener: FlightListener
  readonly #secrets: readonly string[]
  readonly #capturesText: boolean
  #readNs = 0
  /** Of any prompt. */
  #lastEventNs = 0
  #prompt = 0
  /** Of the current prompt; 0 before its first. */
  #lastTokenNs = 0
  /** The same of the prompts that had their turn; absent while there is one prompt. */
  #lastOfPrompt: Map<number, number> | undefined
  #textBytes = 0
  #bodyBytes = 0
  #raw: Buffer[] | undefined
  #rawBytes = 0
  #finishReason: string | undefined
  #finishReasons: (string | undefined)[] | undefined
  #serverId: string | undefined
  #failure: { readonly kind: ErrorKind; readonly message: string } | undefined
  #over = false

  constructor(options: {
    readonly index: number
    readonly phase: number
    readonly user: number | undefined
    readonly intendedNs: number | undefined
    readonly dispatchedNs: number
    readonly recorder: Recorder
    readonly listener: FlightListener
    readonly secrets: readonly string[]
  }) {
    this.index = options.index
    this.phase = options.phase
    this.#recorder = options.recorder
    this.#listener = options.listener
    this.#secrets = options.secrets
    this.#capturesText = options.recorder.capture !== 'none'
    this.row[column.index] = options.index
    this.row[column.phase] = options.phase
    this.row[column.dispatchedNs] = options.dispatchedNs
    if (options.user !== undefined) this.row[column.user] = options.user
    if (options.intendedNs !== undefined) this.row[column.intendedNs] = options.intendedNs
  }

  get over(): boolean {
    return this.#over
  }

  get dispatchedNs(): number {
    return this.row[column.dispatchedNs] ?? 0
  }

  endpoint(index: number): void {
    this.row[column.endpoint] = index
  }

  connected(atNs: number): void {
    this.row[column.connectedNs] = atNs
  }

  sent(atNs: number): void {
    this.row[column.sentNs] = atNs
  }

  written(atNs: number): void {
    this.row[column.writtenNs] = atNs
  }

  headers(atNs: number, status: number): void {
    this.row[column.headersNs] = atNs
    this.row[column.status] = status
  }

  arrived(atNs: number, bodyBytes: number): void {
    this.#readNs = atNs
    this.#listener.arrived()
    if (this.#bodyBytes === 0) this.row[column.firstByteNs] = atNs
    this.#bodyBytes += bodyBytes
  }

  retryAfter(seconds: number): void {
    this.row[column.retryAfterS] = seconds
  }

  raw(bytes: Uint8Array, start: number, end: number): void {
    const room = captureLimit - this.#rawBytes
    if (room <= 0) return
    this.#raw ??= []
    this.#raw.push(Buffer.from(bytes.subarray(start, Math.min(end, start + room))))
    this.#rawBytes += Math.min(end - start, room)
  }

  prompt(index: number): void {
    if (index === this.#prompt) return
    if (!(Number.isInteger(index) && index >= 0 && index <= lastPrompt)) {
      this.fail('malformed', `The server answers prompt ${index}, and there is no such prompt.`)
      return
    }
    this.#lastOfPrompt ??= new Map()
    this.#lastOfPrompt.set(this.#prompt, this.#lastTokenNs)
    this.#lastTokenNs = this.#lastOfPrompt.get(index) ?? 0
    this.#finishReasons ??= this.#finishReason === undefined ? [] : [this.#finishReason]
    this.#prompt = index
  }

  event(flags: number, tokens: number, bytes: Uint8Array, start: number, end: number): void {
    const atNs = this.#readNs
    const lastOfAny = this.#lastEventNs
    const last = this.#lastTokenNs
    this.#lastEventNs = atNs
    this.#lastTokenNs = atNs
    if (lastOfAny === 0) this.#listener.firstToken(this, atNs, this.row[column.sentNs] ?? atNs)
    else this.#listener.nextToken(last === 0 ? undefined : atNs - last, lastOfAny === atNs)
    this.#listener.tokens(tokens)
    const shared = lastOfAny === atNs ? eventFlags.coalesced : 0
    let textEnd = start
    if (this.#capturesText) {
      textEnd = Math.min(end, start + captureLimit - this.#textBytes)
      this.#textBytes += textEnd - start
    }
    this.#recorder.event(this.index, atNs, tokens, flags | shared, bytes, start, textEnd, this.#prompt)
  }

  usage(usage: Usage): void {
    if (usage.inputTokens !== undefined) this.row[column.inputTokens] = usage.inputTokens
    if (usage.outputTokens !== undefined) this.row[column.outputTokens] = usage.outputTokens
    if (usage.cachedTokens !== undefined) this.row[column.cachedTokens] = usage.cachedTokens
    if (usage.reasoningTokens !== undefined) this.row[column.reasoningTokens] = usage.reasoningTokens
  }

  finish(reason: string): void {
    const short = reason.slice(0, 200)
    if (this.#finishReasons === undefined) this.#finishReason = short
    else this.#finishReasons[this.#prompt] = short
  }

  serverId(id: string): void {
    this.#serverId = id.slice(0, 200)
  }

  fail(kind: ErrorKind, message: string): void {
    this.#failure ??= { kind, message }
  }

  ended(atNs: number): void {
    if (this.#failure !== undefined) {
      this.failed(atNs, this.#failure.kind, this.#failure.message)
      return
    }
    this.#end(atNs, 'completed', Number.NaN, undefined)
  }

  failed(atNs: number, kind: ErrorKind, message: string): void {
    // What the stream itself said comes first: a server that reports an error often closes after it.
    const first = this.#failure ?? { kind, message }
    this.#end(atNs, 'failed', errorKinds.indexOf(first.kind), first.message)
  }

  cancelled(atNs: number, by: CancelReason): void {
    this.#end(atNs, 'cancelled', cancelReasons.indexOf(by), undefined)
  }

  /** Never sent: too many requests were in flight. */
  dropped(): void {
    this.row[column.dispatchedNs] = Number.NaN
    this.#end(undefined, 'dropped', Number.NaN, undefined)
  }

  #end(
    atNs: number | undefined,
    outcome: 'completed' | 'failed' | 'cancelled' | 'dropped',
    reason: number,
    message: string | undefined,
  ): void {
    if (this.#over) return
    this.#over = true
    this.row[column.outcome] = outcomeCodes.indexOf(outcome)
    this.row[column.reason] = reason
    if (atNs !== undefined) this.row[column.endNs] = atNs
    if (this.#bodyBytes > 0) this.row[column.bodyBytes] = this.#bodyBytes
    this.#recorder.ended(this, this.#detail(message))
    this.#listener.ended(this, outcome)
  }

  #detail(message: string | undefined): RequestDetail | undefined {
    const clean = (text: string) => redact(text, this.#secrets).slice(0, 2000)
    const detail: RequestDetail = {
      ...this.#finished(),
      ...(message === undefined ? {} : { message: clean(message) }),
      ...(this.#serverId === undefined ? {} : { serverId: this.#serverId }),
      ...(this.#raw === undefined ? {} : { raw: Buffer.concat(this.#raw).toString('base64') }),
    }
    return Object.keys(detail).length === 0 ? undefined : detail
  }

  #finished(): RequestDetail {
    const reasons = this.#finishReasons
    if (reasons !== undefined) {
      return { finishReasons: Array.from(reasons, (reason) => reason ?? null) }
    }
    return this.#finishReason === undefined ? {} : { finishReason: this.#finishReason }
  }
}
