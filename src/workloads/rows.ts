import { AssayError, messageOf } from '../model/errors.ts'
import type { TableValue } from '../model/table-reader.ts'
import { FileMistakes, isObject } from './mistakes.ts'
import { readRecords } from './records.ts'
import type { SourceContext } from './source.ts'
import { tablesOf } from './tables.ts'

/** A row of a public data set: its values under the names of its columns. */
export interface Row {
  readonly fields: Readonly<Record<string, unknown>>
  readonly line: number
}

/**
 * The rows of a Parquet, CSV or JSON file (an array, or an object a line), of which these columns are read. Throws
 * `bad-input-file` for a table without one of the `needed`.
 */
export async function* readRows(
  path: string,
  needed: readonly string[],
  wanted: readonly string[],
  context: Pick<SourceContext, 'tables'>,
): AsyncGenerator<Row> {
  if (/\.(parquet|csv)$/i.test(path)) yield* tableRows(path, needed, wanted, context)
  else yield* jsonRows(path)
}

async function* tableRows(
  path: string,
  needed: readonly string[],
  wanted: readonly string[],
  context: Pick<SourceContext, 'tables'>,
): AsyncGenerator<Row> {
  const tables = tablesOf(context)
  const there = await tables.columns(path)
  const missing = needed.filter((name) => !there.includes(name))
  if (missing.length > 0) {
    throw new AssayError('bad-input-file', `${path} has no column ${missing.join(', ')}.`, {
      hint: `It has ${there.slice(0, 20).join(', ')}. Is it a file of another source?`,
    })
  }
  const columns = [...needed, ...wanted.filter((name) => there.includes(name))]
  let line = /\.csv$/i.test(path) ? 1 : 0
  for await (const row of tables.rows(path, columns)) {
    line++
    const fields = columns.flatMap((name, i): [string, TableValue][] => {
      const value = row[i] ?? null
      return value === null ? [] : [[name, value]]
    })
    yield { fields: Object.fromEntries(fields), line }
  }
}

async function* jsonRows(path: string): AsyncGenerator<Row> {
  const mistakes = new FileMistakes(path)
  for await (const { text, line } of readRecords(path)) {
    let fields: unknown
    try {
      fields = JSON.parse(text)
    } catch (error) {
      mistakes.add(line, `not JSON (${messageOf(error)}); expected an object.`)
      continue
    }
    if (!isObject(fields)) mistakes.add(line, 'expected an object.')
    else if (!mistakes.any) yield { fields, line }
  }
  mistakes.check()
}
