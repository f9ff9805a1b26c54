import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { Run } from '../model/run.ts'
import { literal } from './duckdb.ts'
import { eventTable } from './event-row.ts'
import type { RunPaths } from './layout.ts'
import { withColumns } from './parquet-columns.ts'
import { requestTable } from './request-row.ts'
import { type Column, TableWriter } from './table-writer.ts'

interface RunColumn extends Column {
  readonly value: (run: Run, folder: string) => DuckDBValue
}

const runColumns: readonly RunColumn[] = [
  { name: 'run', type: 'VARCHAR', value: ({ id }) => id },
  { name: 'study', type: 'VARCHAR', value: ({ study }) => study },
  { name: 'target', type: 'VARCHAR', value: ({ cell }) => cell.target.name },
  { name: 'workload', type: 'VARCHAR', value: ({ cell }) => cell.workload.name },
  { name: 'load', type: 'VARCHAR', value: ({ cell }) => cell.load.name },
  { name: 'repeat', type: 'UINTEGER', value: ({ cell }) => cell.repeat },
  { name: 'model', type: 'VARCHAR', value: ({ target }) => target.model },
  { name: 'dialect', type: 'VARCHAR', value: ({ target }) => target.dialect },
  { name: 'transport', type: 'VARCHAR', value: ({ cell }) => cell.target.transport ?? null },
  { name: 'seed', type: 'DOUBLE', value: ({ seed }) => seed },
  { name: 'started', type: 'VARCHAR', value: ({ clock }) => clock.epochWall },
  { name: 'ended', type: 'VARCHAR', value: ({ ended }) => ended ?? 'crashed' },
  { name: 'assay_version', type: 'VARCHAR', value: ({ assay }) => assay.version },
  { name: 'host', type: 'VARCHAR', value: ({ host }) => host.hostname },
  { name: 'workload_sha256', type: 'VARCHAR', value: ({ workload }) => workload.sha256 },
  { name: 'folder', type: 'VARCHAR', value: (_, folder) => folder },
]

/** Views of a run folder's files; each gets a first column `run`, and columns that an older folder lacks. */
const files: Readonly<
  Record<string, { readonly file: keyof RunPaths & string; columns?: readonly Column[] }>
> = {
  requests: { file: 'requests', columns: requestTable },
  event_lists: { file: 'events', columns: eventTable },
  samples: { file: 'samples' },
  health: { file: 'health' },
  workload: { file: 'workload' },
}

/** Creates the table `runs` and the views `requests`, `event_lists`, `events`, `samples`, `health` and `workload`. */
export async function createViews(
  connection: DuckDBConnection,
  runs: readonly { readonly run: Run; readonly paths: RunPaths }[],
): Promise<void> {
  const table = await TableWriter.create(connection, 'runs', runColumns)
  for (const { run, paths } of runs) table.add(runColumns.map(({ value }) => value(run, paths.folder)))
  table.close()

  for (const [view, { file, columns = [] }] of Object.entries(files)) {
    const parts = await Promise.all(
      runs.map(async ({ run, paths }) => {
        const table = await withColumns(connection, paths[file], columns)
        return `SELECT ${literal(run.id)} AS run, * FROM ${table}`
      }),
    )
    await connection.run(`CREATE VIEW ${view} AS ${parts.join('\nUNION ALL BY NAME\n')}`)
  }
  // A window, not a sum over each list's beginnings, which would take the square of a list's length. `i` is from 0.
  await connection.run(`CREATE VIEW events AS
    SELECT
      run, request, i,
      (first_ns + 1000 * sum(gap_us) OVER (PARTITION BY run, request ORDER BY i))::BIGINT AS at_ns,
      gap_us, tokens, flags, text_end, coalesce(prompt, 0) AS prompt
    FROM (
      SELECT
        run, request, first_ns,
        generate_subscripts(gap_us, 1) - 1 AS i,
        unnest(gap_us) AS gap_us,
        unnest(tokens) AS tokens,
        unnest(flags) AS flags,
        unnest(text_end) AS text_end,
        unnest(prompt) AS prompt
      FROM event_lists
    )`)
}
