import type { DuckDBConnection } from '@duckdb/node-api'
import { requestColumns } from '../model/record-block.ts'
import { literal } from './duckdb.ts'
import { eventRow, eventTable } from './event-row.ts'
import { gather } from './gather.ts'
import type { JournalSurvey } from './journal-survey.ts'
import type { RunPaths } from './layout.ts'
import { type FactSources, factsOf } from './request-facts.ts'
import { numberOf, requestTable } from './request-row.ts'
import { TableWriter } from './table-writer.ts'

const width = requestColumns.length
/** Of one Parquet row group, about: bounds what a writer and a reader must hold. */
const rowGroupLimit = { events: 1_000_000, textBytes: 32_000_000 }

/** What a conversion found; all 0 for a folder that was converted before. */
export interface Conversion {
  readonly requests: number
  readonly events: number
  /** Requests without an end: now cancelled by `crash`. */
  readonly unfinished: number
  /** Bytes after the last whole block of the journals. */
  readonly bytesLost: number
  /** Events whose request has no row (its block could not be written): left out. */
  readonly orphanEvents: number
}

/** Writes requests.parquet and events.parquet, a row a request in the order of their indexes. */
export async function convertRecords(
  connection: DuckDBConnection,
  survey: JournalSurvey,
  made: RunPaths,
  given: Omit<FactSources, 'makeBlob' | 'makeList'>,
): Promise<Conversion> {
  const { blobValue, listValue } = await import('@duckdb/node-api')
  const sources = { ...given, makeBlob: blobValue, makeList: listValue }
  const requests = await TableWriter.create(connection, 'requests', requestTable)
  const events = await TableWriter.create(connection, 'events', eventTable)
  let rows = 0
  let unfinished = 0
  let orphanEvents = 0
  let textBytes = 0
  for await (const batch of gather(survey)) {
    for (let k = 0; k < batch.to - batch.from; k++) {
      const row = batch.rows.subarray(k * width, (k + 1) * width)
      const eventCount = (batch.eventStart[k + 1] ?? 0) - (batch.eventStart[k] ?? 0)
      if (Number.isNaN(row[0])) {
        orphanEvents += eventCount
        continue
      }
      rows++
      if (numberOf(row, 'outcome') === 0) unfinished++
      const weight =
        (batch.details[k]?.length ?? 0) + (batch.textStart[k + 1] ?? 0) - (batch.textStart[k] ?? 0)
      textBytes += weight
      const facts = factsOf(batch, k, row, sources)
      requests.add(
        requestTable.map(({ value }) => value(facts)),
        weight,
      )
      events.add(eventRow(batch, k, listValue), 5 * eventCount)
    }
  }
  requests.close()
  events.close()

  const { eventTotal, bytesLost } = survey
  await connection.run(`COPY requests TO ${literal(made.requests)} (FORMAT parquet, COMPRESSION zstd,
    ROW_GROUP_SIZE ${rowGroupSize(rows, textBytes, rowGroupLimit.textBytes)},
    KV_METADATA {journal_bytes_lost: ${literal(String(bytesLost))}})`)
  await connection.run(`COPY events TO ${literal(made.events)} (FORMAT parquet, COMPRESSION zstd,
    ROW_GROUP_SIZE ${rowGroupSize(rows, eventTotal, rowGroupLimit.events)})`)
  return { requests: rows, events: eventTotal - orphanEvents, unfinished, bytesLost, orphanEvents }
}

/** Rows of a row group: a multiple of DuckDB's vector size, fewer the heavier they are. */
function rowGroupSize(rows: number, weight: number, limit: number): number {
  const vectors = Math.floor(limit / (2048 * Math.max(1, weight / Math.max(1, rows))))
  return 2048 * Math.min(Math.max(1, vectors), 60)
}
