import type { DuckDBConnection } from '@duckdb/node-api'
import type { HealthRow } from '../model/health.ts'
import { literal } from './duckdb.ts'

/** Every field of a health row; the table's columns are these names in snake case. */
const fields = [
  'worker',
  'atNs',
  'seconds',
  'loopDelayP50Ms',
  'loopDelayP99Ms',
  'loopDelayMaxMs',
  'gcMinorMs',
  'gcMajorMs',
  'gcIncrementalMs',
  'gcWeakCallbackMs',
  'gcMaxMs',
  'cpuMs',
  'pollingMs',
  'usefulCpuMs',
  'runQueueMs',
  'dispatches',
  'latenessP50Ms',
  'latenessP99Ms',
  'latenessMaxMs',
  'events',
  'coalesced',
  'inFlight',
  'sockets',
  'connects',
  'stealMs',
  'hostCpuMs',
  'processCpuMs',
  'rssBytes',
  'throttledMs',
  'synRetransmits',
  'listenOverflows',
] as const satisfies readonly (keyof HealthRow)[]

const types: { readonly [field in keyof HealthRow]?: string } = { worker: 'UINTEGER', atNs: 'BIGINT' }

function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Writes health.parquet from the workers' lines, in time order; a line that a crash cut is left out. */
export async function convertHealth(
  connection: DuckDBConnection,
  lineFiles: readonly string[],
  parquet: string,
): Promise<void> {
  const columns = fields.map((field) => `${literal(field)}: 'DOUBLE'`).join(', ')
  const source =
    lineFiles.length > 0
      ? `read_json([${lineFiles.map(literal).join(', ')}], format = 'newline_delimited', ignore_errors = true,
           columns = {${columns}})`
      : `(SELECT ${fields.map((field) => `NULL::DOUBLE AS "${field}"`).join(', ')} WHERE false)`
  const selection = fields.map((field) =>
    field === 'atNs'
      ? 'round("atNs")::BIGINT AS at_ns'
      : `"${field}"::${types[field] ?? 'DOUBLE'} AS ${columnOf(field)}`,
  )
  await connection.run(`COPY (
    SELECT ${selection.join(', ')} FROM ${source}
    WHERE "worker" IS NOT NULL AND "atNs" IS NOT NULL AND "seconds" IS NOT NULL ORDER BY at_ns, worker
  ) TO ${literal(parquet)} (FORMAT parquet, COMPRESSION zstd)`)
}

/** The rows of health.parquet, in its order. */
export async function readHealth(connection: DuckDBConnection, parquet: string): Promise<HealthRow[]> {
  const columns = fields.map((field) => `${columnOf(field)}::DOUBLE`).join(', ')
  const reader = await connection.runAndReadAll(`SELECT ${columns} FROM ${literal(parquet)}`)
  return reader.getRowsJS().map((row) => {
    const present = fields.flatMap((field, at) => (typeof row[at] === 'number' ? [[field, row[at]]] : []))
    return Object.fromEntries(present) as HealthRow
  })
}
