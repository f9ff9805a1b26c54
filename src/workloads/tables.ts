import { AssayError } from '../model/errors.ts'
import type { TableReader, TableValue } from '../model/table-reader.ts'
import { readFields } from './jsonl-line.ts'
import { emptyFile, FileMistakes } from './mistakes.ts'
import { counted, outputsOf } from './request-parts.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'

/** Fields a row may have, under these names or those that `columns` gives. */
const known = [
  'prompt',
  'messages',
  'system',
  'output_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'seed',
  'stop',
] as const
/** Fields that are numbers; in CSV they are texts. */
const numbers: readonly string[] = ['output_tokens', 'max_tokens', 'temperature', 'top_p', 'seed']

/** Requests of a table, a row each: Parquet or CSV, by the columns of `jsonl`, or those named for them. */
export async function* table(
  spec: SpecOf<'parquet' | 'csv'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  yield* tableRequests(spec, [spec.source.path], context)
}

/** The rows of tables as requests, one table after the other. Throws like `jsonl`; a mistake's place is its row. */
export async function* tableRequests(
  spec: SpecOf<'parquet' | 'csv' | 'hf-folder'>,
  paths: readonly string[],
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const tables = tablesOf(context)
  const outputs = outputsOf(spec, context.seed)
  let id = 0
  for (const path of paths) {
    const mistakes = new FileMistakes(path)
    const { ours, theirs } = await chooseColumns(spec, path, tables)
    // Of CSV the head is line 1.
    let line = path.endsWith('.csv') ? 1 : 0
    for await (const row of tables.rows(path, theirs)) {
      line++
      const fields = Object.fromEntries(
        ours.flatMap((name, i) => {
          const value = plainValue(name, row[i] ?? null)
          return value === undefined ? [] : [[name, value]]
        }),
      )
      const read = readFields(fields, (message) => mistakes.add(line, message))
      if (read === undefined || mistakes.any) continue
      const request = {
        id,
        input: read.input,
        output: { tokens: read.outputTokens ?? outputs(id), mode: spec.outputMode },
        sampling: { ...spec.sampling, ...read.sampling },
        place: `${path}:${line}`,
      }
      yield counted(request, context.tokenizer)
      id++
    }
    mistakes.check()
  }
  if (id === 0) throw emptyFile(paths[0] ?? spec.source.path, 'It needs a row with a prompt.')
}

/** The reader of tables. Throws where there is none. */
export function tablesOf({ tables }: Pick<SourceContext, 'tables'>): TableReader {
  if (tables !== undefined) return tables
  throw new AssayError('input-file', 'Parquet and CSV cannot be read here.', {
    hint: 'Pass a table reader, or convert the file to JSONL.',
  })
}

async function chooseColumns(
  { name, source }: SpecOf<'parquet' | 'csv' | 'hf-folder'>,
  path: string,
  tables: TableReader,
): Promise<{ readonly ours: readonly string[]; readonly theirs: readonly string[] }> {
  const { columns = {} } = source
  const there = await tables.columns(path)
  const missing = Object.values(columns).filter((column) => !there.includes(column))
  const chosen = known
    .map((ours) => [ours, columns[ours] ?? ours] as const)
    .filter(([, theirs]) => there.includes(theirs))
  const hasInput = chosen.some(([ours]) => ours === 'prompt' || ours === 'messages')
  if (missing.length === 0 && hasInput) {
    return { ours: chosen.map(([ours]) => ours), theirs: chosen.map(([, theirs]) => theirs) }
  }
  const what = missing.length > 0 ? `no column ${missing.join(', ')}` : 'no column prompt or messages'
  throw new AssayError('bad-input-file', `Workload "${name}": ${path} has ${what}.`, {
    hint: `It has ${there.slice(0, 20).join(', ')}. Name the one with the prompt: columns: {prompt: ${there[0] ?? 'text'}}.`,
  })
}

/** A cell as JSON would have it; absent for nothing. Lists of messages may be written as JSON. */
function plainValue(name: string, value: TableValue): unknown {
  if (value === null || value === '') return undefined
  if (typeof value !== 'string') return value
  if (numbers.includes(name) && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  if (name === 'messages' || (name === 'stop' && value.startsWith('['))) {
    try {
      return JSON.parse(value) as unknown
    } catch {
      return value
    }
  }
  return value
}
