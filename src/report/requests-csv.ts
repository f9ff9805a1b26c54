import { phases } from '../model/load.ts'
import type { RequestRecord } from '../model/record.ts'
import type { TransportName } from '../model/target.ts'
import { type CsvValue, csvLine } from './csv-cell.ts'

/** What all rows of a run have in common. */
interface Common {
  readonly transport: TransportName
  /** Instants are relative to this one, in ns since the run's epoch. */
  readonly startNs: number
}

type Column = readonly [name: string, value: (record: RequestRecord, common: Common) => CsvValue]

function reason({ outcome }: RequestRecord): string | undefined {
  if (outcome.kind === 'failed') return outcome.error
  return outcome.kind === 'cancelled' ? outcome.by : undefined
}

/** Milliseconds since the start, to the nanosecond. */
function ms(atNs: number | undefined, startNs: number): number | undefined {
  return atNs === undefined ? undefined : Number(((atNs - startNs) / 1e6).toFixed(6))
}

const columns: readonly Column[] = [
  ['index', (record) => record.index],
  ['phase', (record) => phases[record.phase]],
  ['endpoint', (record) => record.endpoint],
  ['transport', (_, { transport }) => transport],
  ['worker', (record) => record.worker],
  ['user', (record) => record.user],
  ['outcome', (record) => record.outcome.kind],
  ['reason', reason],
  ['status', (record) => record.status],
  ['intended_ms', (record, { startNs }) => ms(record.intendedNs, startNs)],
  ['dispatched_ms', (record, { startNs }) => ms(record.dispatchedNs, startNs)],
  ['connected_ms', (record, { startNs }) => ms(record.connectedNs, startNs)],
  ['sent_ms', (record, { startNs }) => ms(record.sentNs, startNs)],
  ['written_ms', (record, { startNs }) => ms(record.writtenNs, startNs)],
  ['headers_ms', (record, { startNs }) => ms(record.headersNs, startNs)],
  ['first_byte_ms', (record, { startNs }) => ms(record.firstByteNs, startNs)],
  ['first_event_ms', (record, { startNs }) => ms(record.events.atNs[0], startNs)],
  ['last_event_ms', (record, { startNs }) => ms(record.events.atNs[record.events.atNs.length - 1], startNs)],
  ['end_ms', (record, { startNs }) => ms(record.endNs, startNs)],
  ['events', (record) => record.events.atNs.length],
  ['input_tokens', (record) => record.inputTokens?.value],
  ['input_tokens_source', (record) => record.inputTokens?.source],
  ['output_tokens', (record) => record.outputTokens?.value],
  ['output_tokens_source', (record) => record.outputTokens?.source],
  ['cached_tokens', (record) => record.cachedTokens],
  ['reasoning_tokens', (record) => record.reasoningTokens],
  ['finish_reason', ({ outcome }) => (outcome.kind === 'completed' ? outcome.finishReason : undefined)],
  ['retry_after_s', ({ outcome }) => (outcome.kind === 'failed' ? outcome.retryAfterS : undefined)],
  ['message', ({ outcome }) => (outcome.kind === 'failed' ? outcome.message : undefined)],
]

/**
 * requests.csv as lines with their ends, the header first: a row per record, instants in ms, absent values empty.
 */
export function* requestsCsv(records: Iterable<RequestRecord>, common: Common): Generator<string> {
  yield csvLine(columns.map(([name]) => name))
  for (const record of records) yield csvLine(columns.map(([, value]) => value(record, common)))
}
