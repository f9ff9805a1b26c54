import type { Usage } from '../model/dialect.ts'
import { type ErrorKind, eventFlags } from '../model/record.ts'
import type { WireSink } from '../model/wire.ts'
import type { Moment } from './probe-result.ts'

/** Events told one by one; the others are counted. */
const mostEvents = 64
/** Bytes of one event's text that are kept. */
const mostBytes = 200
const kindNames = ['content', 'reasoning', 'tool', 'empty'] as const

/** What a request came to. */
export interface Story {
  readonly moments: readonly Moment[]
  readonly moreEvents: number
  readonly status: number | undefined
  readonly failure: { readonly error: ErrorKind; readonly message: string } | undefined
}

/** Writes down what the wire tells of one request, in order, and calls back at its end. */
export class MomentRecorder implements WireSink {
  readonly #onEnd: () => void
  readonly #moments: { atNs: number; moment: (atMs: number) => Moment }[] = []
  readonly #decoder = new TextDecoder()
  #sentNs: number | undefined
  #readNs = 0
  #bodyBytes = 0
  #eventNs: number | undefined
  #events = 0
  #usage: Usage | undefined
  #status: number | undefined
  #said: { error: ErrorKind; message: string } | undefined
  #ended = false

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  connected(atNs: number): void {
    this.#tell(atNs, (atMs) => ({ what: 'connected', atMs }))
  }
  sent(atNs: number): void {
    this.#sentNs ??= atNs
    this.#tell(atNs, (atMs) => ({ what: 'sent', atMs }))
  }
  written(atNs: number): void {
    this.#tell(atNs, (atMs) => ({ what: 'written', atMs }))
  }
  headers(atNs: number, status: number): void {
    this.#status = status
    this.#tell(atNs, (atMs) => ({ what: 'headers', atMs, status }))
  }
  arrived(atNs: number, bodyBytes: number): void {
    this.#readNs = atNs
    if (this.#bodyBytes === 0 && bodyBytes > 0) this.#tell(atNs, (atMs) => ({ what: 'first byte', atMs }))
    this.#bodyBytes += bodyBytes
  }
  event(flags: number, tokens: number, bytes: Uint8Array, start: number, end: number): void {
    this.#events++
    if (this.#events > mostEvents) return
    const text = this.#decoder.decode(bytes.slice(start, Math.min(end, start + mostBytes)))
    const kinds = kindNames.filter((name) => (flags & eventFlags[name]) !== 0)
    const coalesced = this.#eventNs === this.#readNs
    this.#eventNs = this.#readNs
    this.#tell(this.#readNs, (atMs) => ({ what: 'event', atMs, tokens, text, kinds, coalesced }))
  }
  /** Some servers repeat it with every event: the last one is told, at the end. */
  usage(usage: Usage): void {
    this.#usage = { ...this.#usage, ...usage }
  }
  finish(reason: string): void {
    this.#tell(this.#readNs, (atMs) => ({ what: 'finish', atMs, reason }))
  }
  fail(error: ErrorKind, message: string): void {
    this.#said ??= { error, message }
  }
  ended(atNs: number): void {
    const { inputTokens, outputTokens, cachedTokens } = this.#usage ?? {}
    if (this.#usage !== undefined) {
      this.#tell(atNs, (atMs) => ({
        what: 'usage',
        atMs,
        ...(inputTokens === undefined ? {} : { inputTokens }),
        ...(outputTokens === undefined ? {} : { outputTokens }),
        ...(cachedTokens === undefined ? {} : { cachedTokens }),
      }))
    }
    this.#end(atNs)
  }
  failed(atNs: number, error: ErrorKind, message: string): void {
    this.#said ??= { error, message }
    this.#end(atNs)
  }
  endpoint(): void {}
  retryAfter(): void {}
  raw(): void {}
  prompt(): void {}
  serverId(): void {}

  /** Times count from the first byte sent, or from the first thing that happened when nothing was. */
  story(): Story {
    const zero = this.#sentNs ?? this.#moments[0]?.atNs ?? 0
    return {
      moments: this.#moments.map(({ atNs, moment }) => moment((atNs - zero) / 1e6)),
      moreEvents: Math.max(0, this.#events - mostEvents),
      status: this.#status,
      failure: this.#said,
    }
  }

  #tell(atNs: number, moment: (atMs: number) => Moment): void {
    if (this.#moments.length < mostEvents * 2) this.#moments.push({ atNs, moment })
  }

  #end(atNs: number): void {
    if (this.#ended) return
    this.#ended = true
    const said = this.#said
    this.#moments.push({
      atNs,
      moment: (atMs) => (said === undefined ? { what: 'end', atMs } : { what: 'failed', atMs, ...said }),
    })
    this.#onEnd()
  }
}
