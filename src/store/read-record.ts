import type { DuckDBListValue, DuckDBValue } from '@duckdb/node-api'
import { phases } from '../model/load.ts'
import {
  type AskedOutput,
  cancelReasons,
  type EventColumns,
  errorKinds,
  type Outcome,
  type RequestRecord,
  type TokenCount,
  tokenSources,
} from '../model/record.ts'

/** Columns of requests.parquet that make a record; whole numbers beyond 32 bits are read as doubles. */
const columns = [
  'index',
  'phase',
  'endpoint',
  'worker',
  'user',
  'outcome',
  'error_kind',
  'error_message',
  'cancelled_by',
  'status',
  'retry_after_s',
  'intended_ns',
  'dispatched_ns',
  'connected_ns',
  'sent_ns',
  'written_ns',
  'headers_ns',
  'first_byte_ns',
  'end_ns',
  'input_tokens',
  'input_tokens_source',
  'output_tokens',
  'output_tokens_source',
  'cached_tokens',
  'reasoning_tokens',
  'finish_reason',
  'finish_reasons',
] as const
type ReadColumn = (typeof columns)[number]

/** The select list whose columns `recordOf` takes. */
export const requestSelection = columns
  .map((name) => (name.endsWith('_ns') ? `${name}::DOUBLE AS ${name}` : `"${name}"`))
  .join(', ')

const position = Object.fromEntries(columns.map((name, at) => [name, at])) as Record<ReadColumn, number>

/** Makes the record of one row of a chunk that was selected with `requestSelection`. */
export function recordOf(
  chunk: readonly (readonly DuckDBValue[])[],
  row: number,
  events: EventColumns,
  asked: AskedOutput | undefined,
): RequestRecord {
  const cell = (column: ReadColumn): DuckDBValue => chunk[position[column]]?.[row] ?? null
  const number = (column: ReadColumn): number | undefined => {
    const value = cell(column)
    return typeof value === 'number' ? value : undefined
  }
  const text = (column: ReadColumn): string | undefined => {
    const value = cell(column)
    return typeof value === 'string' ? value : undefined
  }
  const count = (column: 'input_tokens' | 'output_tokens'): TokenCount | undefined => {
    const value = number(column)
    const from = text(`${column}_source`)
    const source = tokenSources.find((name) => name === from)
    return value === undefined || source === undefined ? undefined : { value, source }
  }
  const phase = (phases as readonly string[]).indexOf(text('phase') ?? '')
  if (phase < 0) throw new Error(`requests.parquet has the unknown phase ${text('phase')}.`)
  return withoutAbsent({
    index: number('index') ?? 0,
    phase,
    // A request that was dropped never had an endpoint; the record needs one.
    endpoint: number('endpoint') ?? 0,
    worker: number('worker') ?? 0,
    user: number('user'),
    intendedNs: number('intended_ns'),
    dispatchedNs: number('dispatched_ns'),
    connectedNs: number('connected_ns'),
    sentNs: number('sent_ns'),
    writtenNs: number('written_ns'),
    headersNs: number('headers_ns'),
    firstByteNs: number('first_byte_ns'),
    endNs: number('end_ns'),
    status: number('status'),
    outcome: outcomeOf(number, text, cell('finish_reasons')),
    inputTokens: count('input_tokens'),
    outputTokens: count('output_tokens'),
    cachedTokens: number('cached_tokens'),
    reasoningTokens: number('reasoning_tokens'),
    asked,
    events,
  })
}

function outcomeOf(
  number: (column: ReadColumn) => number | undefined,
  text: (column: ReadColumn) => string | undefined,
  finishReasons: DuckDBValue,
): Outcome {
  const kind = text('outcome')
  switch (kind) {
    case 'completed':
      return withoutAbsent({
        kind,
        finishReason: text('finish_reason'),
        finishReasons: textsOf(finishReasons),
      })
    case 'failed': {
      const error = errorKinds.find((name) => name === text('error_kind')) ?? 'protocol'
      const message = text('error_message') ?? error
      return withoutAbsent({ kind, error, message, retryAfterS: number('retry_after_s') })
    }
    case 'cancelled':
      return { kind, by: cancelReasons.find((name) => name === text('cancelled_by')) ?? 'crash' }
    case 'dropped':
      return { kind }
    default:
      throw new Error(`requests.parquet has the unknown outcome ${kind}.`)
  }
}

/** The texts of a list, NULL as `undefined`; absent when there is no list. */
function textsOf(list: DuckDBValue): (string | undefined)[] | undefined {
  if (list === null || typeof list !== 'object' || !('items' in list)) return undefined
  return (list as DuckDBListValue).items.map((item) => (typeof item === 'string' ? item : undefined))
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The same object without the fields that are undefined, as the types of optional fields want it. */
function withoutAbsent<T extends object>(fields: T): Present<T> {
  const present: Partial<T> = {}
  // A loop: entries and back take four times as long, and there may be a million requests.
  for (const key in fields) if (fields[key] !== undefined) present[key] = fields[key]
  return present as unknown as Present<T>
}
