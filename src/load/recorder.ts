import {
  type BlockSink,
  outcomeCodes,
  type RecordBlock,
  type RequestColumn,
  type RequestDetail,
  requestColumns,
} from '../model/record-block.ts'
import type { Capture } from '../model/study.ts'

const eventCapacity = 8192
const textCapacity = 256 * 1024
const rowCapacity = 256
/** Blocks that may wait for a slow disk before the run gives up. */
const maxWaiting = 64
/** Blocks in one write. */
const maxTogether = 16
/** Empty blocks kept for use again. */
const maxSpare = 4
/** After a write failed, sending stops; space may yet be freed while the last replies come in. */
const defaultRetry = { times: 10, delayMs: 500 }

/** Position of each column in a request row. */
export const column = Object.fromEntries(requestColumns.map((name, at) => [name, at])) as Record<
  RequestColumn,
  number
>

/** A request as the recorder sees it: its row, filled by whoever follows it. */
export interface Followed {
  readonly row: Float64Array
}

/** A block that is being filled. */
class OpenBlock {
  eventCount = 0
  readonly request = new Uint32Array(eventCapacity)
  readonly atNs = new Float64Array(eventCapacity)
  readonly tokens = new Uint16Array(eventCapacity)
  readonly flags = new Uint8Array(eventCapacity)
  readonly prompt = new Uint16Array(eventCapacity)
  readonly textBytes = new Uint32Array(eventCapacity)
  text = new Uint8Array(textCapacity)
  textLength = 0
  rows = new Float64Array(rowCapacity * requestColumns.length)
  details: string[] = []
}

/** One worker's rows on their way to the journal: filled in place, handed over at least twice a second. */
export class Recorder {
  readonly capture: Capture
  readonly #sink: BlockSink
  readonly #worker: number
  readonly #onFailure: (error: unknown) => void
  readonly #retry: { readonly times: number; readonly delayMs: number }
  readonly #spare: OpenBlock[] = []
  /** Requests whose row is not in the journal yet. */
  readonly #unannounced = new Set<Followed>()
  #block = new OpenBlock()
  readonly #waiting: OpenBlock[] = []
  #writing: Promise<void> | undefined
  #failed = false
  /** Rows that a full disk swallowed. */
  lostRecords = 0

  constructor(options: {
    readonly sink: BlockSink
    readonly worker: number
    readonly capture: Capture
    readonly retry?: { readonly times: number; readonly delayMs: number }
    /** Called once, when a write has failed or cannot keep up: the run shall end. */
    onFailure(error: unknown): void
  }) {
    this.#retry = options.retry ?? defaultRetry
    this.#sink = options.sink
    this.#worker = options.worker
    this.capture = options.capture
    this.#onFailure = options.onFailure
  }

  /** A token event. Called per event: copies into columns, allocates nothing. */
  event(
    request: number,
    atNs: number,
    tokens: number,
    flags: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    prompt: number,
  ): void {
    const block = this.#block
    const at = block.eventCount
    block.request[at] = request
    block.atNs[at] = atNs
    block.tokens[at] = tokens
    block.flags[at] = flags
    block.prompt[at] = prompt
    block.textBytes[at] = end - start
    if (end > start) {
      if (block.textLength + end - start > block.text.length) growText(block, end - start)
      const { text, textLength } = block
      // Token texts are a few bytes: a loop beats subarray and set.
      for (let i = start; i < end; i++) text[textLength + i - start] = bytes[i] ?? 0
      block.textLength = textLength + end - start
    }
    block.eventCount = at + 1
    if (block.eventCount === eventCapacity) this.flush()
  }

  /** Begins to follow a request: should it still be in flight at the next flush, a row announces it. */
  began(flight: Followed): void {
    this.#unannounced.add(flight)
  }

  /** The row of a request that has ended, or was never sent. */
  ended(flight: Followed, detail: RequestDetail | undefined): void {
    this.#unannounced.delete(flight)
    this.#row(flight.row, detail)
  }

  /** Hands what there is to the journal. */
  flush(): void {
    for (const flight of this.#unannounced) {
      flight.row[column.outcome] = outcomeCodes.indexOf('inFlight')
      this.#row(flight.row, undefined)
    }
    this.#unannounced.clear()
    const block = this.#block
    if (block.eventCount === 0 && block.details.length === 0) return
    if (this.#waiting.length >= maxWaiting) {
      this.#fail(new Error('The disk is slower than the events come in.'))
      this.lostRecords += block.details.length
      clear(block)
      return
    }
    this.#waiting.push(block)
    this.#block = this.#spare.pop() ?? new OpenBlock()
    this.#writing ??= this.#write()
  }

  /** Flushes, waits for the disk, and closes the journal. */
  async close(): Promise<void> {
    this.flush()
    await this.#writing
    try {
      await this.#sink.close()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Everything that waits, several blocks a write: in a flood more than one fills up in a turn of the event loop. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const blocks = this.#waiting.splice(0, maxTogether)
      await this.#append(blocks.map((block) => this.#closed(block)))
      for (const block of blocks) {
        clear(block)
        if (this.#spare.length < maxSpare) this.#spare.push(block)
      }
    }
    this.#writing = undefined
  }

  async #append(blocks: readonly RecordBlock[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.#sink.append(blocks)
        return
      } catch (error) {
        this.#fail(error)
        if (tries === this.#retry.times) {
          for (const { requests } of blocks) this.lostRecords += requests.count
          return
        }
        await new Promise((resolve) => setTimeout(resolve, this.#retry.delayMs))
      }
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#onFailure(error)
  }

  #closed(block: OpenBlock): RecordBlock {
    const n = block.eventCount
    return {
      worker: this.#worker,
      events: {
        count: n,
        request: block.request.subarray(0, n),
        atNs: block.atNs.subarray(0, n),
        tokens: block.tokens.subarray(0, n),
        flags: block.flags.subarray(0, n),
        prompt: block.prompt.subarray(0, n),
        textBytes: block.textBytes.subarray(0, n),
      },
      text: block.text.subarray(0, block.textLength),
      requests: {
        count: block.details.length,
        rows: block.rows.subarray(0, block.details.length * requestColumns.length),
        details: block.details,
      },
    }
  }

  #row(row: Float64Array, detail: RequestDetail | undefined): void {
    const block = this.#block
    const at = block.details.length * requestColumns.length
    if (at === block.rows.length) {
      const larger = new Float64Array(block.rows.length * 2)
      larger.set(block.rows)
      block.rows = larger
    }
    block.rows.set(row, at)
    block.details.push(detail === undefined ? '' : JSON.stringify(detail))
  }
}

function clear(block: OpenBlock): void {
  block.eventCount = 0
  block.textLength = 0
  block.details = []
}

function growText(block: OpenBlock, atLeast: number): void {
  const larger = new Uint8Array(block.text.length * 2 + atLeast)
  larger.set(block.text)
  block.text = larger
}
