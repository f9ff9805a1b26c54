import { csvLine } from '../report/csv-cell.ts'
import { columnsOf, cutTo, padTo, printable } from '../report/terminal-text.ts'
import type { Cell, QueryResult } from '../store/query.ts'

/** Wider cells are cut in tables; CSV and JSON have them whole. */
const mostColumns = 60

/** Aligned columns under a line of names; numbers to the right. NULL is an empty cell. */
export function queryTable({ columns, rows }: QueryResult): string {
  if (columns.length === 0) return ''
  const texts = rows.map((row) => row.map((cell) => cutTo(printable(cellText(cell)), mostColumns)))
  const layout = columns.map((name, i) => {
    const head = cutTo(printable(name), mostColumns)
    const isNumeric = rows.length > 0 && rows.every((row) => row[i] === null || typeof row[i] === 'number')
    const width = texts.reduce((most, row) => Math.max(most, columnsOf(row[i] ?? '')), columnsOf(head))
    return { head, width, side: isNumeric ? ('start' as const) : ('end' as const) }
  })
  const line = (cells: readonly string[]) =>
    layout
      .map(({ width, side }, i) => padTo(cells[i] ?? '', width, side))
      .join('  ')
      .trimEnd()
  const rule = layout.map(({ width }) => '─'.repeat(width)).join('  ')
  return `${[line(layout.map(({ head }) => head)), rule, ...texts.map(line)].join('\n')}\n`
}

/** CSV after RFC 4180 with a line of names. */
export function queryCsv({ columns, rows }: QueryResult): string {
  const values = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell : cellText(cell))))
  return [columns, ...values].map(csvLine).join('')
}

/** A JSON array of objects, one a line. */
export function queryJson({ columns, rows }: QueryResult): string {
  if (rows.length === 0) return '[]\n'
  const objects = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])))
  return `[\n${objects.map((object) => JSON.stringify(object)).join(',\n')}\n]\n`
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
