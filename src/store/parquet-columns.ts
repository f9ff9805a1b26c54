import type { DuckDBConnection } from '@duckdb/node-api'
import { literal } from './duckdb.ts'
import type { Column } from './table-writer.ts'

/**
 * A Parquet file with all the given columns: `SELECT * FROM` it. Columns that came later than the file are NULL, so
 * that folders of older versions can be read.
 */
export async function withColumns(
  connection: DuckDBConnection,
  parquet: string,
  columns: readonly Column[],
): Promise<string> {
  const file = `read_parquet(${literal(parquet)})`
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${file}`)
  const held = new Set(reader.getRowsJS().map(([name]) => name))
  const missing = columns
    .filter(({ name }) => !held.has(name))
    .map(({ name, type }) => `, NULL::${type} AS "${name}"`)
  return `(SELECT *${missing.join('')} FROM ${file})`
}
