import { phases } from '../model/load.ts'
import type { RequestRecord } from '../model/record.ts'
import { type CsvValue, csvLine } from './csv-cell.ts'

type Column = readonly [name: string, value: (record: RequestRecord, startNs: number) => CsvValue]

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
  ['worker', (record) => record.worker],
  ['user', (record) => record.user],
  ['outcome', (record) => record.outcome.kind],
  ['reason', reason],
  ['status', (record) => record.status],
  ['intended_ms', (record, start) => ms(record.intendedNs, start)],
  ['dispatched_ms', (record, start) => ms(record.dispatchedNs, start)],
  ['connected_ms', (record, start) => ms(record.connectedNs, start)],
  ['sent_ms', (record, start) => ms(record.sentNs, start)],
  ['written_ms', (record, start) => ms(record.writtenNs, start)],
  ['headers_ms', (record, start) => ms(record.headersNs, start)],
  ['first_byte_ms', (record, start) => ms(record.firstByteNs, start)],
  ['first_event_ms', (record, start) => ms(record.events.atNs[0], start)],
  ['last_event_ms', (record, start) => ms(record.events.atNs[record.events.atNs.length - 1], start)],
  ['end_ms', (record, start) => ms(record.endNs, start)],
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
 * requests.csv as lines with their ends, the header first: a row per record, instants in ms relative to `startNs`
 * (ns since the run's epoch, which is the default), absent values empty.
 */
export function* requestsCsv(records: Iterable<RequestRecord>, startNs = 0): Generator<string> {
  yield csvLine(columns.map(([name]) => name))
  for (const record of records) yield csvLine(columns.map(([, value]) => value(record, startNs)))
}
