import type { DuckDBConnection } from '@duckdb/node-api'
import { type TokenCount, type TokenSource, tokenSources } from '../model/record.ts'
import { exists } from './converted.ts'
import { literal } from './duckdb.ts'

/** A line may hold a whole document; DuckDB reserves twice this. */
const longestLine = 16 * 1024 * 1024
const asParquet = '(FORMAT parquet, COMPRESSION zstd)'

/** Input length of the request with an index, as the workload states it. */
export type InputTokens = (index: number) => TokenCount | undefined

/**
 * Writes workload.parquet from the frozen lines (an empty one when there are none) and says how long the inputs
 * are. Column `line` is each line as it was frozen, so that the bytes and their hash can be had again.
 */
export async function convertWorkload(
  connection: DuckDBConnection,
  lines: string,
  parquet: string,
): Promise<InputTokens> {
  const source = (await exists(lines))
    ? `SELECT json FROM read_json_objects(${literal(lines)}, format = 'newline_delimited',
         maximum_object_size = ${longestLine})`
    : 'SELECT NULL::JSON AS json WHERE false'
  await connection.run(`COPY (
    SELECT
      (json->>'$.id')::UINTEGER AS id,
      json->>'$.input.kind' AS input_kind,
      (json->>'$.inputTokens.value')::UINTEGER AS input_tokens,
      json->>'$.inputTokens.source' AS input_tokens_source,
      (json->>'$.output.tokens')::UINTEGER AS output_tokens,
      json->>'$.output.mode' AS output_mode,
      json::VARCHAR AS line
    FROM (${source})
  ) TO ${literal(parquet)} ${asParquet}`)
  const reader = await connection.runAndReadAll(
    `SELECT input_tokens, input_tokens_source FROM ${literal(parquet)}`,
  )
  const counts = reader.getRowsJS().map(([value, from]): TokenCount | undefined => {
    const known = tokenSources.find((name): name is TokenSource => name === from)
    return typeof value === 'number' && known !== undefined ? { value, source: known } : undefined
  })
  return (index) => counts[index % counts.length]
}

/** Writes samples.parquet from the lines of the sample log, in time order; a line that a crash cut is left out. */
export async function convertSamples(
  connection: DuckDBConnection,
  lines: string,
  parquet: string,
): Promise<void> {
  const source = (await exists(lines))
    ? `read_json(${literal(lines)}, format = 'newline_delimited', ignore_errors = true, columns = {
         source: 'VARCHAR', metric: 'VARCHAR', atNs: 'DOUBLE', value: 'DOUBLE', labels: 'MAP(VARCHAR, VARCHAR)'})`
    : `(SELECT '' AS source, '' AS metric, 0::DOUBLE AS atNs, 0::DOUBLE AS value,
         MAP {}::MAP(VARCHAR, VARCHAR) AS labels WHERE false)`
  await connection.run(`COPY (
    SELECT source, metric, round(atNs)::BIGINT AS at_ns, value, labels
    FROM ${source} WHERE source IS NOT NULL AND value IS NOT NULL ORDER BY at_ns, source, metric, labels::VARCHAR
  ) TO ${literal(parquet)} ${asParquet}`)
}
