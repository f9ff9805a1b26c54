import type { DuckDBListValue, DuckDBValue, listValue } from '@duckdb/node-api'
import type { Batch } from './gather.ts'
import type { Column } from './table-writer.ts'

const NS_PER_US = 1000
const maxUint32 = 2 ** 32 - 1

/** Columns of events.parquet, as docs/run-folder.md lists them. */
export const eventTable: readonly Column[] = [
  { name: 'request', type: 'UINTEGER' },
  { name: 'first_ns', type: 'BIGINT' },
  { name: 'gap_us', type: 'UINTEGER[]' },
  { name: 'tokens', type: 'USMALLINT[]' },
  { name: 'flags', type: 'UTINYINT[]' },
  { name: 'text_end', type: 'UINTEGER[]' },
  { name: 'prompt', type: 'USMALLINT[]' },
]

/** The row of request number `k` of a batch. */
export function eventRow(batch: Batch, k: number, makeList: typeof listValue): DuckDBValue[] {
  const start = batch.eventStart[k] ?? 0
  const end = batch.eventStart[k + 1] ?? 0
  const firstNs = batch.atNs[start] ?? 0
  const gaps: number[] = []
  // Differences of rounded distances from the first event, so that a sum of gaps is off by half a microsecond at most.
  let sumUs = 0
  for (let i = start; i < end; i++) {
    const atUs = Math.round(((batch.atNs[i] ?? 0) - firstNs) / NS_PER_US)
    const gapUs = Math.min(Math.max(atUs - sumUs, 0), maxUint32)
    gaps.push(gapUs)
    sumUs += gapUs
  }
  const list = (values: Uint32Array | Uint16Array | Uint8Array): DuckDBListValue => {
    const items: number[] = []
    for (let i = start; i < end; i++) items.push(values[i] ?? 0)
    return makeList(items)
  }
  return [
    batch.from + k,
    start === end ? null : BigInt(Math.round(firstNs)),
    makeList(gaps),
    list(batch.tokens),
    list(batch.flags),
    list(batch.textEnd),
    batch.prompt.subarray(start, end).some((prompt) => prompt !== 0) ? list(batch.prompt) : null,
  ]
}
