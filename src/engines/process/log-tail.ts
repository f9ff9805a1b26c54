import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { redact } from '../../model/errors.ts'

const maxBytes = 8192
const maxLines = 15
const maxColumns = 300

/** The last lines of an engine's log, fit to be shown; '' when there are none or they cannot be read again. */
export function logTail(path: string, secrets: readonly string[]): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) return ''
    const bytes = Buffer.alloc(Math.min(maxBytes, stats.size))
    readSync(file, bytes, 0, bytes.length, stats.size - bytes.length)
    // An engine's log is text of strangers: no escape sequence of it reaches the terminal.
    const lines = stripVTControlCharacters(bytes.toString('utf8'))
      .split(/[\r\n]+/)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
      .map((line) => line.replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, '').trimEnd())
      .filter((line) => line !== '')
    return redact(
      lines
        .slice(-maxLines)
        .map((line) => line.slice(0, maxColumns))
        .join('\n'),
      secrets,
    )
  } finally {
    closeSync(file)
  }
}
