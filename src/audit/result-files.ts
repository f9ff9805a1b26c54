import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AssayError, messageOf } from '../model/errors.ts'
import { type Recognised, readers, recognise } from './readers/index.ts'

const mostDepth = 5
/** A file of every request's every token may be gigabytes; a summary is not. */
const mostBytes = 256 * 1024 * 1024

/** A result file and what it says. */
export interface ResultFile extends Recognised {
  readonly path: string
}

/** The youngest file below a folder that a reader knows; `undefined` when there is none. */
export function findResult(folder: string): ResultFile | undefined {
  const files = jsonFiles(folder, 0).sort((a, b) => b.mtimeMs - a.mtimeMs)
  for (const { path } of files) {
    const recognised = recognise(readFileSync(path, 'utf8'))
    if (recognised !== undefined) return { path, ...recognised }
  }
  return undefined
}

/** The file that the user named. Throws `audit-result` when it cannot be read or nobody knows it. */
export function readResult(path: string): ResultFile {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AssayError('audit-result', `--result ${path}: ${messageOf(cause)}`, {
      hint: 'Name the file that the command wrote; {out} in the command is a folder that is searched by itself.',
      cause,
    })
  }
  const recognised = recognise(text)
  if (recognised !== undefined) return { path, ...recognised }
  const titles = Object.values(readers).map(({ title }) => title)
  throw new AssayError('audit-result', `--result ${path}: no known tool wrote this file.`, {
    hint: `Known: ${titles.join(', ')}. Of other tools, give the figures by hand: --reported ttft_p50=12.3`,
  })
}

function jsonFiles(folder: string, depth: number): { readonly path: string; readonly mtimeMs: number }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return depth < mostDepth ? jsonFiles(path, depth + 1) : []
    if (!entry.isFile() || !/\.jsonl?$/.test(entry.name)) return []
    const { mtimeMs, size } = statSync(path)
    return size > mostBytes ? [] : [{ path, mtimeMs }]
  })
}
