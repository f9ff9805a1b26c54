import type { DuckDBBlobValue, DuckDBListValue, DuckDBValue } from '@duckdb/node-api'
import { phases } from '../model/load.ts'
import { cancelReasons, errorKinds, type TokenCount } from '../model/record.ts'
import {
  outcomeCodes,
  type RequestColumn,
  type RequestDetail,
  requestColumns,
} from '../model/record-block.ts'
import type { TransportName } from '../model/target.ts'
import type { Column } from './table-writer.ts'

const position = Object.fromEntries(requestColumns.map((name, at) => [name, at])) as Record<
  RequestColumn,
  number
>

/** One request as the journal tells it, and what was worked out besides. */
export interface RequestFacts {
  readonly runId: string
  readonly transport: TransportName
  readonly worker: number
  /** `requestColumns`; NaN is absent. */
  readonly row: Float64Array
  readonly detail: RequestDetail
  readonly inputTokens: TokenCount | undefined
  readonly outputTokens: TokenCount | undefined
  readonly text: string | undefined
  readonly textCut: boolean
  readonly raw: DuckDBBlobValue | undefined
  /** Finish reasons by prompt, of a request with several. */
  readonly finishReasons: DuckDBListValue | undefined
}

interface RequestTableColumn extends Column {
  readonly value: (facts: RequestFacts) => DuckDBValue
}

/** One number of a journal row; undefined when absent. */
export function numberOf(row: Float64Array, column: RequestColumn): number | undefined {
  const value = row[position[column]]
  return value === undefined || Number.isNaN(value) ? undefined : value
}

const number = (name: string, type: string, column: RequestColumn): RequestTableColumn => ({
  name,
  type,
  value: ({ row }) => numberOf(row, column) ?? null,
})

const bigint = (name: string, column: RequestColumn): RequestTableColumn => ({
  name,
  type: 'BIGINT',
  value: ({ row }) => {
    const value = numberOf(row, column)
    return value === undefined ? null : BigInt(Math.round(value))
  },
})

const text = (name: string, value: (facts: RequestFacts) => string | undefined): RequestTableColumn => ({
  name,
  type: 'VARCHAR',
  value: (facts) => value(facts) ?? null,
})

const count = (name: string, value: (facts: RequestFacts) => TokenCount | undefined) => [
  { name, type: 'UINTEGER', value: (facts: RequestFacts) => value(facts)?.value ?? null },
  text(`${name}_source`, (facts) => value(facts)?.source),
]

/** Columns of requests.parquet, as docs/run-folder.md lists them. NULL is absent. */
export const requestTable: readonly RequestTableColumn[] = [
  number('index', 'UINTEGER', 'index'),
  text('request_id', ({ runId, row }) => `${runId}-${numberOf(row, 'index')}`),
  text('phase', ({ row }) => phases[numberOf(row, 'phase') ?? 0]),
  number('endpoint', 'UINTEGER', 'endpoint'),
  text('transport', ({ transport }) => transport),
  { name: 'worker', type: 'UINTEGER', value: ({ worker }) => worker },
  number('user', 'UINTEGER', 'user'),
  text('outcome', ({ row }) => outcomeOf(row)),
  text('error_kind', ({ row }) =>
    outcomeOf(row) === 'failed' ? errorKinds[numberOf(row, 'reason') ?? 0] : undefined,
  ),
  text('error_message', ({ detail }) => detail.message),
  text('cancelled_by', ({ row }) => cancelledBy(row)),
  number('status', 'UINTEGER', 'status'),
  number('retry_after_s', 'DOUBLE', 'retryAfterS'),
  bigint('intended_ns', 'intendedNs'),
  bigint('dispatched_ns', 'dispatchedNs'),
  bigint('connected_ns', 'connectedNs'),
  bigint('sent_ns', 'sentNs'),
  bigint('written_ns', 'writtenNs'),
  bigint('headers_ns', 'headersNs'),
  bigint('first_byte_ns', 'firstByteNs'),
  bigint('end_ns', 'endNs'),
  ...count('input_tokens', ({ inputTokens }) => inputTokens),
  ...count('output_tokens', ({ outputTokens }) => outputTokens),
  number('cached_tokens', 'UINTEGER', 'cachedTokens'),
  number('reasoning_tokens', 'UINTEGER', 'reasoningTokens'),
  text('finish_reason', ({ detail }) => detail.finishReason),
  { name: 'finish_reasons', type: 'VARCHAR[]', value: ({ finishReasons }) => finishReasons ?? null },
  text('server_id', ({ detail }) => detail.serverId),
  bigint('body_bytes', 'bodyBytes'),
  text('text', (facts) => facts.text),
  { name: 'text_cut', type: 'BOOLEAN', value: ({ textCut }) => textCut },
  { name: 'raw', type: 'BLOB', value: ({ raw }) => raw ?? null },
]

function outcomeOf(row: Float64Array): string {
  const outcome = outcomeCodes[numberOf(row, 'outcome') ?? 0] ?? 'inFlight'
  // Only a crash leaves a request without its end.
  return outcome === 'inFlight' ? 'cancelled' : outcome
}

function cancelledBy(row: Float64Array): string | undefined {
  const outcome = outcomeCodes[numberOf(row, 'outcome') ?? 0]
  if (outcome === 'inFlight') return 'crash'
  return outcome === 'cancelled' ? cancelReasons[numberOf(row, 'reason') ?? 0] : undefined
}
