import type { Lateness, Truth } from '../model/truth.ts'

/** What is known of a request when it has arrived. */
export interface Arrival {
  readonly requestId: string | undefined
  readonly connection: number
  readonly position: number
  readonly fault: string | undefined
  readonly arrivalNs: number
}

interface Row extends Arrival {
  headersNs: number | undefined
  events: number
  tokens: number
  /** Some event has more than one token, or none. */
  uneven: boolean
  /** Some event belongs to another answer than the first. */
  several: boolean
  complete: boolean
}

/** Events are kept in blocks: a growing array would be copied in the middle of a measurement. */
const blockEvents = 65_536
const maxBlocks = 305

interface Block {
  readonly atNs: Float64Array
  readonly lateNs: Float32Array
  readonly row: Uint32Array
  /** A whole reply is one event: uint16 would not do. */
  readonly tokens: Uint32Array
  readonly answer: Uint16Array
}

/** What was written and when. Rows are named by the number that `begin` gave. */
export class TruthLog {
  readonly #rows: Row[] = []
  readonly #blocks: Block[] = []
  #block = makeBlock()
  /** Events in the last block. */
  #filled = 0
  #unlogged = 0

  constructor() {
    this.#blocks.push(this.#block)
  }

  get requests(): number {
    return this.#rows.length
  }

  begin(arrival: Arrival): number {
    const nothing = { headersNs: undefined, events: 0, tokens: 0 }
    return this.#rows.push({ ...arrival, ...nothing, uneven: false, several: false, complete: false }) - 1
  }

  headers(row: number, atNs: number): void {
    const entry = this.#rows[row]
    if (entry !== undefined) entry.headersNs ??= atNs
  }

  event(row: number, atNs: number, lateNs: number, tokens: number, answer = 0): void {
    if (this.#filled === blockEvents) {
      if (this.#blocks.length === maxBlocks) {
        this.#unlogged++
        return
      }
      this.#block = makeBlock()
      this.#blocks.push(this.#block)
      this.#filled = 0
    }
    const at = this.#filled++
    this.#block.atNs[at] = atNs
    this.#block.lateNs[at] = lateNs
    this.#block.row[at] = row
    this.#block.tokens[at] = tokens
    this.#block.answer[at] = answer
    const entry = this.#rows[row]
    if (entry === undefined) return
    entry.events++
    entry.tokens += tokens
    if (tokens !== 1) entry.uneven = true
    if (answer !== 0) entry.several = true
  }

  complete(row: number): void {
    const entry = this.#rows[row]
    if (entry !== undefined) entry.complete = true
  }

  truth(epochMonotonicNs: string): Truth {
    const eventNs = this.#rows.map((row) => new Array<number>(row.events))
    const eventTokens = this.#rows.map((row) => (row.uneven ? new Array<number>(row.events) : undefined))
    const eventPrompts = this.#rows.map((row) => (row.several ? new Array<number>(row.events) : undefined))
    const next = new Uint32Array(this.#rows.length)
    for (const [block, length] of this.#parts()) {
      for (let i = 0; i < length; i++) {
        const row = block.row[i] ?? 0
        const at = next[row] ?? 0
        next[row] = at + 1
        const instants = eventNs[row]
        if (instants !== undefined) instants[at] = block.atNs[i] ?? 0
        const tokens = eventTokens[row]
        if (tokens !== undefined) tokens[at] = block.tokens[i] ?? 0
        const prompts = eventPrompts[row]
        if (prompts !== undefined) prompts[at] = block.answer[i] ?? 0
      }
    }
    const requests = this.#rows.map((row, i) => ({
      ...(row.requestId === undefined ? {} : { requestId: row.requestId }),
      connection: row.connection,
      position: row.position,
      ...(row.fault === undefined ? {} : { fault: row.fault }),
      arrivalNs: row.arrivalNs,
      ...(row.headersNs === undefined ? {} : { headersNs: row.headersNs }),
      eventNs: eventNs[i] ?? [],
      ...(eventTokens[i] === undefined ? {} : { eventTokens: eventTokens[i] }),
      ...(eventPrompts[i] === undefined ? {} : { eventPrompts: eventPrompts[i] }),
      tokens: row.tokens,
      complete: row.complete,
    }))
    return { epochMonotonicNs, requests, unlogged: this.#unlogged }
  }

  /** Quantiles are the value at rank ⌈q·n⌉ (nearest rank). */
  lateness(): Lateness {
    const events = (this.#blocks.length - 1) * blockEvents + this.#filled
    if (events === 0) return { events }
    const all = new Float32Array(events)
    let at = 0
    for (const [block, length] of this.#parts()) {
      all.set(block.lateNs.subarray(0, length), at)
      at += length
    }
    all.sort()
    const rankMs = (q: number) => (all[Math.ceil(q * events) - 1] ?? 0) / 1e6
    return { events, p50Ms: rankMs(0.5), p99Ms: rankMs(0.99), maxMs: rankMs(1) }
  }

  #parts(): [Block, number][] {
    return this.#blocks.map((block) => [block, block === this.#block ? this.#filled : blockEvents])
  }
}

function makeBlock(): Block {
  return {
    atNs: new Float64Array(blockEvents),
    lateNs: new Float32Array(blockEvents),
    row: new Uint32Array(blockEvents),
    tokens: new Uint32Array(blockEvents),
    answer: new Uint16Array(blockEvents),
  }
}
