import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, JS } from '@duckdb/node-api'
import { AssayError, messageOf } from '../model/errors.ts'
import type { Run } from '../model/run.ts'
import { checkConverted } from './converted.ts'
import { literal, openDuckDb } from './duckdb.ts'
import { type RunPaths, runPaths } from './layout.ts'
import { createViews } from './query-views.ts'
import { readRunJson } from './run-json.ts'

/** A cell of a result: what JSON can hold. Whole numbers beyond 2^53 and dates are strings, bytes are base64. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell }

export interface QueryResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/**
 * Runs SQL over any number of converted runs, through the views `runs`, `requests`, `event_lists`, `events`, `samples`,
 * `health` and `workload`, and gives the last statement's rows. Statements can read these files and nothing else, and write
 * nothing.
 * @throws AssayError `sql` with DuckDB's words for a mistake, `unconverted`, `not-a-run`, `newer-format`
 */
export async function query(folders: readonly string[], sql: string): Promise<QueryResult> {
  if (sql.trim() === '') {
    throw new AssayError('sql', 'There is no SQL to run.', { hint: 'Try: SELECT * FROM runs' })
  }
  const runs = await openRuns(folders)
  const tempFolder = await mkdtemp(join(tmpdir(), 'assay-query-'))
  try {
    const database = await openDuckDb({
      memoryShare: 0.5,
      memoryLimitMb: 4096,
      threads: availableParallelism(),
      tempFolder,
    })
    try {
      await createViews(database.connection, runs)
      await lock(
        database.connection,
        runs.map(({ paths }) => paths),
      )
      return await execute(database.connection, sql)
    } finally {
      database.close()
    }
  } finally {
    await rm(tempFolder, { recursive: true, force: true })
  }
}

async function openRuns(folders: readonly string[]): Promise<{ run: Run; paths: RunPaths }[]> {
  const byId = new Map<string, { run: Run; paths: RunPaths }>()
  for (const folder of folders) {
    const run = await readRunJson(folder)
    const paths = runPaths(await realpath(folder))
    const same = byId.get(run.id)
    if (same?.paths.folder === paths.folder) continue
    if (same !== undefined) {
      throw new AssayError('same-run', `${folder} and ${same.paths.folder} hold the same run ${run.id}.`, {
        hint: 'Leave one of the two out.',
      })
    }
    await checkConverted(paths)
    byId.set(run.id, { run, paths })
  }
  if (byId.size === 0)
    throw new AssayError('no-runs', 'A query needs at least one run.', {
      hint: 'Give the folder of a run or of a study.',
    })
  return [...byId.values()]
}

/** From here on the database reaches the Parquet files of these runs and nothing else. */
async function lock(connection: DuckDBConnection, runs: readonly RunPaths[]): Promise<void> {
  const files = runs.flatMap(({ requests, events, samples, health, workload }) => [
    requests,
    events,
    samples,
    health,
    workload,
  ])
  await connection.run(`SET allowed_paths = [${files.map(literal).join(', ')}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

async function execute(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  const { StatementType } = await import('@duckdb/node-api')
  // What could write a file, even one of the run's own, is left out.
  const allowed: readonly number[] = [
    StatementType.SELECT,
    StatementType.EXPLAIN,
    StatementType.CREATE,
    StatementType.DROP,
    StatementType.INSERT,
  ]
  try {
    const statements = await connection.extractStatements(sql)
    let result: QueryResult = { columns: [], rows: [] }
    for (let at = 0; at < statements.count; at++) {
      const statement = await statements.prepare(at)
      if (!allowed.includes(statement.statementType)) {
        throw new AssayError(
          'sql',
          `assay query runs no ${StatementType[statement.statementType]} statement.`,
          {
            hint: 'Use SELECT; --csv or --json and a redirection write a file.',
          },
        )
      }
      const reader = await statement.runAndReadAll()
      result = {
        columns: reader.deduplicatedColumnNames(),
        rows: reader.getRowsJS().map((row) => row.map(plain)),
      }
      statement.destroySync()
    }
    return result
  } catch (error) {
    if (error instanceof AssayError) throw error
    throw new AssayError('sql', messageOf(error).replace('Failed to extract statements: ', ''), {
      hint: 'Tables: runs, requests, event_lists, events, samples, workload. DESCRIBE <table> lists its columns.',
      cause: error,
    })
  }
}

function plain(value: JS): Cell {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
