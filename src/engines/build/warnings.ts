import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { redact } from '../../model/errors.ts'

const maxWarnings = 20
const maxColumns = 240
const maxBytes = 64 << 20

/** "warning:", "UserWarning", "[W]", "WARN", "deprecated" … */
const warns = /\bwarn(ing)?s?\b|\w+Warning\b|\[W\]|\bdeprecated\b/i

/** The lines of a log that warn, from a byte on: each once, whatever its numbers, and no more than 20. */
export async function warningsIn(
  logFile: string,
  start: number,
  secrets: readonly string[],
): Promise<readonly string[]> {
  const seen = new Map<string, string>()
  const input = createReadStream(logFile, { start, end: start + maxBytes, encoding: 'utf8' })
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!warns.test(line)) continue
    const clean = stripVTControlCharacters(line)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
      .replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
      .trim()
      .slice(0, maxColumns)
    // Times, addresses and counters do not make a warning a new one.
    const key = clean.replaceAll(/\d+/g, '0')
    if (!seen.has(key)) seen.set(key, redact(clean, secrets))
    if (seen.size === maxWarnings) break
  }
  input.destroy()
  return [...seen.values()]
}
