import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AssayError, messageOf } from '../model/errors.ts'
import { jsonlRequests } from './jsonl.ts'
import { unreadable } from './records.ts'
import type { SourceContext, SourcedRequest, SpecOf } from './source.ts'
import { tableRequests } from './tables.ts'

const formats = ['parquet', 'jsonl', 'json', 'csv'] as const

/**
 * A data set as it lies in a folder from the Hugging Face hub: all files of one format, by name, below the folder; with
 * `split`, those whose names begin with it (`train-00000-of-00002.parquet`). Throws `input-file` where there are none.
 */
export async function* hfFolder(
  spec: SpecOf<'hf-folder'>,
  context: SourceContext,
): AsyncGenerator<SourcedRequest> {
  const { path, split } = spec.source
  const files = await filesOf(path, split)
  const [first] = files
  if (first === undefined) {
    const which = split === undefined ? '' : ` whose names begin with "${split}"`
    throw new AssayError('input-file', `The folder ${path} has no data files${which}.`, {
      hint: `Expected ${formats.map((format) => `.${format}`).join(', ')} files, in it or in folders below it.`,
    })
  }
  const isTable = first.endsWith('.parquet') || first.endsWith('.csv')
  yield* isTable ? tableRequests(spec, files, context) : jsonlRequests(spec, files, context)
}

/** Files of the first format that there is. */
async function filesOf(folder: string, split: string | undefined): Promise<string[]> {
  let names: string[]
  try {
    names = await readdir(folder, { recursive: true })
  } catch (cause) {
    throw unreadable(folder, messageOf(cause), cause)
  }
  const wanted = names
    .filter((name) => split === undefined || name.split(/[\\/]/).some((part) => part.startsWith(split)))
    .sort()
  for (const format of formats) {
    const found = wanted.filter((name) => name.endsWith(`.${format}`))
    if (found.length > 0) return found.map((name) => join(folder, name))
  }
  return []
}
