import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is known of a build that came to its end. */
export interface BuildRecord {
  readonly steps: readonly { readonly name: string; readonly seconds: number }[]
  /** Lines of its log that warn. */
  readonly warnings: readonly string[]
}

/** Written last into a build's folder: without it the build is not whole. */
const recordFile = 'assay-build.json'

/** The record of a whole build; `undefined` when there is none. */
export function readRecord(folder: string): BuildRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, recordFile), 'utf8')) as BuildRecord
  } catch {
    return undefined
  }
}

/** Whether a folder holds a build that came to its end. */
export function isWhole(folder: string): boolean {
  return readRecord(folder) !== undefined
}

/** Makes a build whole. */
export function writeRecord(folder: string, record: BuildRecord): void {
  const path = join(folder, recordFile)
  writeFileSync(`${path}.tmp`, `${JSON.stringify(record, undefined, 2)}\n`)
  renameSync(`${path}.tmp`, path)
}
