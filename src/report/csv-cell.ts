/** A value of a CSV table; absent is an empty cell. */
export type CsvValue = string | number | undefined

/**
 * One cell after RFC 4180. A text that a spreadsheet would run as a formula (it begins with = + - @, tab or carriage
 * return) gets an apostrophe in front; numbers stay as they are.
 */
export function csvCell(value: CsvValue): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line with its end, CRLF as RFC 4180 asks. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}
