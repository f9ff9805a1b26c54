import type { DuckDBConnection } from '@duckdb/node-api'
import type { AskedOutput } from '../model/record.ts'
import { literal } from './duckdb.ts'

/** What the frozen requests of a run asked for, by the index of a request; a workload may be gone through repeatedly. */
export async function readAsked(
  connection: DuckDBConnection,
  parquet: string,
): Promise<(index: number) => AskedOutput | undefined> {
  const reader = await connection.runAndReadAll(
    `SELECT output_tokens, output_mode,
       coalesce(json_array_length(line, '$.input.prompts'), 1) * coalesce((line->>'$.sampling.n')::UINTEGER, 1),
       CASE WHEN line->>'$.inputTokens.source' <> 'approximate' THEN (line->>'$.inputTokens.value')::UINTEGER END
     FROM ${literal(parquet)}`,
  )
  const asked = reader.getRowsJS().map(([tokens, mode, answers, input]): AskedOutput | undefined => {
    if (typeof tokens !== 'number' || (mode !== 'exact' && mode !== 'up-to')) return undefined
    const each = Math.max(1, Number(answers))
    return {
      answers: each,
      tokens: tokens * each,
      mode,
      ...(typeof input === 'number' ? { inputTokens: input } : {}),
    }
  })
  return (index) => asked[index % asked.length]
}
