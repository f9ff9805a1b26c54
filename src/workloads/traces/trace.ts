import { AssayError } from '../../model/errors.ts'
import type { Request } from '../../model/request.ts'
import type { WorkloadSpec } from '../../model/workload.ts'
import type { TraceWindow } from '../../model/workload-source.ts'
import { emptyFile } from '../mistakes.ts'
import type { SourceContext, SourcedRequest } from '../source.ts'
import { approximateNotice, missedNotice } from '../synthetic.ts'
import { blockTexts } from './block-texts.ts'

/** One request of a recorded trace. */
export interface TraceRow {
  /** Ns since any fixed instant. */
  readonly atNs: bigint
  readonly inputTokens: number
  readonly outputTokens: number
  /** Blocks of the prompt, equal where prompts are equal from their beginning. */
  readonly hashes?: readonly (number | string)[]
  readonly session?: { readonly id: string; readonly turn: number }
  readonly line: number
}

/** What all traces state. */
export type TraceSpec = WorkloadSpec & {
  readonly source: { readonly path: string; readonly window?: TraceWindow; readonly timeScale?: number }
}

const nsPerS = 1e9
const longestNs = 2 ** 53

/**
 * The requests of a trace: prompts of the recorded lengths in our own words, equal blocks where the trace says so, and the
 * arrivals as whole ns after the first one kept. Rows without input or output (failures) are left out, counted and told.
 * Throws `bad-input-file` for arrivals that go back.
 */
export async function* traceRequests(
  spec: TraceSpec,
  blockTokens: number | undefined,
  rows: AsyncIterable<TraceRow>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path, window = { fromS: 0 }, timeScale = 1 } = spec.source
  const textOf = blockTexts(spec, blockTokens, context)
  const place = new Timeline(path, window, timeScale)
  let id = 0
  let empty = 0
  let missed = 0
  for await (const row of rows) {
    const arrivalNs = place.arrival(row)
    if (arrivalNs === 'after') break
    if (arrivalNs === 'before') continue
    if (row.inputTokens < 1 || row.outputTokens < 1) {
      empty++
      continue
    }
    const { text, tokens } = textOf(id, row.inputTokens, row.hashes ?? [])
    if (tokens.value !== row.inputTokens) missed++
    const request: Request = {
      id,
      input: { kind: 'prompt', text },
      output: { tokens: row.outputTokens, mode: spec.outputMode },
      sampling: spec.sampling,
      inputTokens: tokens,
      ...(row.session === undefined ? {} : { session: row.session }),
    }
    yield { ...request, arrivalNs: place.sinceFirst(arrivalNs), place: `${path}:${row.line}` }
    id++
  }
  if (empty > 0) context.notice(`${empty} rows of ${path} have no input or no output and are left out.`)
  if (id === 0) throw emptyFile(path, 'No request lies in the window: change "window".')
  if (context.tokenizer === undefined) context.notice(approximateNotice)
  else if (missed > 0) context.notice(missedNotice(missed, id, context.tokenizer.name))
  textOf.tell()
}

/** Where rows lie in time: in the window, scaled, from the first one that is kept. */
class Timeline {
  readonly #path: string
  readonly #window: TraceWindow
  readonly #scale: number
  #startNs: bigint | undefined
  #lastNs = 0n
  #lastLine = 0
  #firstKept: number | undefined

  constructor(path: string, window: TraceWindow, scale: number) {
    this.#path = path
    this.#window = window
    this.#scale = scale
  }

  arrival({ atNs, line }: TraceRow): number | 'before' | 'after' {
    this.#startNs ??= atNs
    if (atNs < this.#lastNs && this.#lastLine > 0) {
      throw new AssayError(
        'bad-input-file',
        `${this.#path}:${line}: this request arrives before the one of line ${this.#lastLine}.`,
        { hint: 'Sort the trace by its arrivals.' },
      )
    }
    this.#lastNs = atNs
    this.#lastLine = line
    const ns = Number(atNs - this.#startNs)
    const { fromS, toS = Number.POSITIVE_INFINITY } = this.#window
    if (ns < fromS * nsPerS) return 'before'
    return ns >= toS * nsPerS ? 'after' : ns
  }

  sinceFirst(ns: number): number {
    this.#firstKept ??= ns
    const arrivalNs = Math.round((ns - this.#firstKept) * this.#scale)
    if (arrivalNs < longestNs) return arrivalNs
    throw new AssayError('bad-input-file', `${this.#path} spans more than 104 days.`, {
      hint: 'Replay a part of it (window: {from: 0, to: 1h}), or faster (timeScale: 0.1).',
    })
  }
}

/** Ns of a time in seconds, decimal digits kept as they are written. Absent: it is none. */
export function nsOfSeconds(written: unknown): bigint | undefined {
  const [, whole, fraction = ''] = /^\s*(\d{1,12})(?:\.(\d*))?\s*$/.exec(String(written)) ?? []
  if (whole !== undefined) return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
  const seconds = typeof written === 'number' ? written : Number.NaN
  return Number.isFinite(seconds) && seconds >= 0 && seconds < 1e12
    ? BigInt(Math.round(seconds * nsPerS))
    : undefined
}

/** A count of tokens, as a number or in the text of a CSV. Absent: it is none. */
export function tokensOf(written: unknown): number | undefined {
  const value = typeof written === 'string' && written.trim() !== '' ? Number(written) : written
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** The hashes of blocks in a JSON row; absent: there are none. */
export function hashesOf(written: unknown): (number | string)[] | undefined {
  if (!Array.isArray(written)) return undefined
  const hashes = written.filter((hash) => typeof hash === 'number' || typeof hash === 'string')
  return hashes.length === written.length ? hashes : undefined
}
