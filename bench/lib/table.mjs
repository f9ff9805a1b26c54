// Tables on stdout.

/** Prints rows of texts under their heads: the first column to the left, the others to the right. */
export function printTable(heads, rows) {
  const cells = [heads, ...rows].map((row) => row.map((cell) => String(cell ?? '–')))
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => [...row[column]].length)))
  for (const row of cells) {
    const line = row.map((cell, column) => {
      const gap = ' '.repeat(widths[column] - [...cell].length)
      return column === 0 ? cell + gap : gap + cell
    })
    console.log(line.join('  ').trimEnd())
  }
  console.log()
}

/** A number with about three significant digits. */
export function number(value) {
  if (value === undefined || Number.isNaN(value)) return '–'
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(0)
  if (size >= 10) return value.toFixed(1)
  if (size >= 1) return value.toFixed(2)
  return value.toFixed(3)
}

/** `median [least..most]`; signed when it is a bias. */
export function range(of, { signed = false } = {}) {
  if (of === undefined) return '–'
  const text = (value) => (signed && value >= 0 ? '+' : '') + number(value)
  return of.n === 1 ? text(of.median) : `${text(of.median)} [${text(of.least)}..${text(of.most)}]`
}

/** How many times the first tool's figure another one's is. */
export function ratio(value, base) {
  if (value === undefined || base === undefined || base === 0) return '–'
  return `${number(Math.abs(value / base))}x`
}
