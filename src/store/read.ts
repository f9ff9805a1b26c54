import { availableParallelism } from 'node:os'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import { type PhaseName, phases } from '../model/load.ts'
import type { RequestRecord } from '../model/record.ts'
import type { Counts, Run } from '../model/run.ts'
import type { RunData } from '../model/run-data.ts'
import type { Sample } from '../model/sample.ts'
import { checkConverted } from './converted.ts'
import { literal, openDuckDb } from './duckdb.ts'
import { readHealth } from './health-table.ts'
import { type RunPaths, runPaths } from './layout.ts'
import { withColumns } from './parquet-columns.ts'
import { readAsked } from './read-asked.ts'
import { readEvents } from './read-events.ts'
import { recordOf, requestSelection } from './read-record.ts'
import { requestTable } from './request-row.ts'
import { readRunJson } from './run-json.ts'

/**
 * Reads a converted run whole, for analysis; meant for a child process. `folder` is kept as given. A run that never
 * ended comes back as `crashed`, with the counts of its records.
 * @throws AssayError `unconverted` while there is a journal, `not-a-run`, `newer-format`, `storage`
 */
export async function readRun(folder: string): Promise<RunData> {
  const paths = runPaths(folder)
  const run = await readRunJson(folder)
  await checkConverted(paths)
  const database = await openDuckDb({
    memoryShare: 0.5,
    memoryLimitMb: 512,
    threads: Math.min(2, availableParallelism()),
  })
  try {
    const { connection } = database
    const records = await readRecords(connection, paths)
    const samples = await readSamples(connection, paths)
    const health = await readHealth(connection, paths.health)
    return { run: await ended(run, records, connection, paths), folder, records, samples, health }
  } catch (error) {
    if (error instanceof AssayError) throw error
    throw new AssayError('storage', `Cannot read ${folder}: ${messageOf(error)}`, {
      hint: 'A file is missing or damaged: restore it, or repeat the run.',
      exitCode: exitCodes.storage,
      cause: error,
    })
  } finally {
    database.close()
  }
}

async function readRecords(connection: DuckDBConnection, paths: RunPaths): Promise<RequestRecord[]> {
  const events = await readEvents(connection, paths.events)
  const askedOf = await readAsked(connection, paths.workload)
  const records: RequestRecord[] = []
  const requests = await withColumns(connection, paths.requests, requestTable)
  const result = await connection.stream(`SELECT ${requestSelection} FROM ${requests}`)
  for await (const chunk of result) {
    const columns: readonly DuckDBValue[][] = chunk.getColumns()
    for (let row = 0; row < chunk.rowCount; row++) {
      const index = columns[0]?.[row]
      const own = events[records.length]
      if (own === undefined || own.request !== index) {
        throw new Error(`requests.parquet and events.parquet differ at request ${index}.`)
      }
      records.push(recordOf(columns, row, own.columns, askedOf(own.request)))
    }
  }
  return records
}

async function readSamples(connection: DuckDBConnection, paths: RunPaths): Promise<Sample[]> {
  const samples: Sample[] = []
  const result = await connection.stream(`SELECT source, metric, at_ns::DOUBLE, value,
    map_keys(labels), map_values(labels) FROM ${literal(paths.samples)}`)
  for await (const rows of result.yieldRowsJs()) {
    for (const [source, metric, atNs, value, names, texts] of rows) {
      const labels =
        Array.isArray(names) && Array.isArray(texts) ? names.map((name, at) => [name, texts[at]]) : []
      samples.push({
        source: String(source),
        metric: String(metric),
        atNs: Number(atNs),
        value: Number(value),
        labels: Object.fromEntries(labels),
      })
    }
  }
  return samples
}

/** A run without an end crashed: whoever wrote it is gone, else there would be a journal. */
async function ended(
  run: Run,
  records: readonly RequestRecord[],
  connection: DuckDBConnection,
  paths: RunPaths,
): Promise<Run> {
  if (run.ended !== undefined) return run
  const reader = await connection.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${literal(paths.requests)})
     WHERE decode(key) = 'journal_bytes_lost'`,
  )
  const lost = Number(reader.getRows()[0]?.[0] ?? 0)
  const cut = lost === 0 ? '' : ` ${lost} bytes of its journal were cut off or damaged.`
  return {
    ...run,
    ended: 'crashed',
    endedReason: `Assay ended before the run did.${cut}`,
    counts: countRecords(records),
  }
}

function countRecords(records: readonly RequestRecord[]): Record<PhaseName, Counts> {
  const none = { planned: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0 }
  const counts = Object.fromEntries(phases.map((name) => [name, { ...none }])) as Record<
    PhaseName,
    typeof none
  >
  for (const { phase, outcome } of records) {
    const own = counts[phases[phase] ?? 'measure']
    own.planned++
    own[outcome.kind]++
  }
  return counts
}
