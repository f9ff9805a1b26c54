import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { entryPath } from '../model/entry.ts'
import { AssayError } from '../model/errors.ts'
import type { TableReader, TableValue } from '../model/table-reader.ts'

/** What the child is asked for. */
export interface TableOrder {
  readonly path: string
  /** Absent: the names of all columns. */
  readonly columns?: readonly string[]
}

/** Reads tables through DuckDB in a child process, so that no process of a load ever holds DuckDB. */
export const tableReader: TableReader = {
  async columns(path) {
    const names: string[] = []
    for await (const row of lines({ path })) names.push(...row.map(String))
    return names
  },
  rows: (path, columns) => lines({ path, columns }),
}

/** The child's answer, a row a line; it waits while its pipe is full, so memory stays small. */
async function* lines(order: TableOrder): AsyncGenerator<readonly TableValue[]> {
  const child = spawn(process.execPath, [entryPath('store/table-child'), JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = `${told}${text}`.slice(0, 4000)
  })
  const ended = once(child, 'close') as Promise<[code: number | null]>
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      yield JSON.parse(line) as readonly TableValue[]
    }
    const [code] = await ended
    if (code === 0) return
    throw new AssayError('input-file', `The workload file ${order.path} cannot be read: ${told.trim()}`, {
      hint: 'It must be Parquet or CSV (UTF-8, with a head); paths in a study are relative to the study file.',
    })
  } finally {
    child.kill()
  }
}
