import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { messageOf } from '../model/errors.ts'
import { literal, openDuckDb } from './duckdb.ts'
import type { TableOrder } from './table-reader.ts'

/** Child entry: writes the columns or the rows of a table to its output, a JSON list a line. */
async function main(): Promise<void> {
  const { path, columns } = JSON.parse(process.argv[2] ?? '') as TableOrder
  await access(path)
  const database = await openDuckDb({ memoryShare: 0.3, memoryLimitMb: 1024, threads: 1 })
  const table = /\.csv$/i.test(path)
    ? // Of CSV nothing is guessed but the separator: a time keeps all its digits.
      `read_csv(${literal(path)}, header = true, all_varchar = true, null_padding = false)`
    : `read_parquet(${literal(path)})`
  try {
    if (columns === undefined) {
      const reader = await database.connection.runAndReadAll(`SELECT * FROM ${table} LIMIT 0`)
      await write([reader.columnNames()])
      return
    }
    const chosen = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')
    const result = await database.connection.stream(`SELECT ${chosen} FROM ${table}`)
    for await (const rows of result.yieldRowsJson()) await write(rows)
  } finally {
    database.close()
  }
}

async function write(rows: readonly unknown[]): Promise<void> {
  const text = rows.map((row) => `${JSON.stringify(row, plain)}\n`).join('')
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

// A reader that has enough closes the pipe.
process.stdout.on('error', () => process.exit(0))

main().catch((error: unknown) => {
  const [first = ''] = messageOf(error).split('\n')
  process.stderr.write(first, () => process.exit(1))
})
