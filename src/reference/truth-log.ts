/** One request as the server saw it; instants are ns since the clock's epoch. */
export interface TruthRequest {
  /** The client's `X-Request-Id`; absent when it sent none. */
  readonly requestId?: string
  /** The how-manieth accepted connection brought it, from 0. */
  readonly connection: number
  /** The fault its path asked for and that it was given. */
  readonly fault?: string
  /** Right after the read that completed it. */
  readonly arrivalNs: number
  /** Right before the write of the reply's head; absent until then. */
  readonly headersNs?: number
  /** Per token event, right before the write that held its last byte; events of one write share it. */
  readonly eventNs: readonly number[]
  /** Tokens in those events. */
  readonly tokens: number
  /** The reply came to the end the server meant it to have, before the client went away. */
  readonly complete: boolean
}

/** Everything the server wrote since it began or was reset. */
export interface Truth {
  /** CLOCK_MONOTONIC at the epoch of all instants, in ns. */
  readonly epochMonotonicNs: string
  /** In order of arrival. */
  readonly requests: readonly TruthRequest[]
  /** Events left out because the log was full (20 million). */
  readonly unlogged: number
}

/** How late events were written, actual less due. The times are absent when nothing was written. */
export interface Lateness {
  readonly events: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly maxMs?: number
}

interface Row {
  readonly requestId: string | undefined
  readonly connection: number
  readonly fault: string | undefined
  readonly arrivalNs: number
  headersNs: number | undefined
  events: number
  tokens: number
  complete: boolean
}

/** Events are kept in blocks: a growing array would be copied in the middle of a measurement. */
const blockEvents = 65_536
const maxBlocks = 305

interface Block {
  readonly atNs: Float64Array
  readonly lateNs: Float32Array
  readonly row: Uint32Array
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

  begin(
    requestId: string | undefined,
    connection: number,
    fault: string | undefined,
    arrivalNs: number,
  ): number {
    const row = { requestId, connection, fault, arrivalNs, headersNs: undefined }
    return this.#rows.push({ ...row, events: 0, tokens: 0, complete: false }) - 1
  }

  headers(row: number, atNs: number): void {
    const entry = this.#rows[row]
    if (entry !== undefined) entry.headersNs ??= atNs
  }

  event(row: number, atNs: number, lateNs: number): void {
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
    const entry = this.#rows[row]
    if (entry !== undefined) entry.events++
  }

  tokens(row: number, tokens: number): void {
    const entry = this.#rows[row]
    if (entry !== undefined) entry.tokens += tokens
  }

  complete(row: number): void {
    const entry = this.#rows[row]
    if (entry !== undefined) entry.complete = true
  }

  truth(epochMonotonicNs: string): Truth {
    const eventNs = this.#rows.map((row) => new Array<number>(row.events))
    const next = new Uint32Array(this.#rows.length)
    for (const [block, length] of this.#parts()) {
      for (let i = 0; i < length; i++) {
        const row = block.row[i] ?? 0
        const at = next[row] ?? 0
        next[row] = at + 1
        const instants = eventNs[row]
        if (instants !== undefined) instants[at] = block.atNs[i] ?? 0
      }
    }
    const requests = this.#rows.map((row, i) => ({
      ...(row.requestId === undefined ? {} : { requestId: row.requestId }),
      connection: row.connection,
      ...(row.fault === undefined ? {} : { fault: row.fault }),
      arrivalNs: row.arrivalNs,
      ...(row.headersNs === undefined ? {} : { headersNs: row.headersNs }),
      eventNs: eventNs[i] ?? [],
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
  }
}
