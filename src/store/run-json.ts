import { readFile } from 'node:fs/promises'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import { type Run, runFormatVersion } from '../model/run.ts'
import { checkNewer, runPaths } from './layout.ts'
import { codeOf, storageError } from './storage-error.ts'
import { writeJson } from './write-whole.ts'

/** Fields without which nothing can be said about a run. */
const needed = ['id', 'study', 'cell', 'clock', 'host', 'target', 'workload'] as const

/**
 * Writes a run folder's run.json, without the secrets.
 * @throws AssayError `storage`
 */
export function writeRun(folder: string, run: Run, secrets: readonly string[]): void {
  writeJson(runPaths(folder).run, run, secrets)
}

/**
 * Reads a run folder's run.json.
 * @throws AssayError `not-a-run`, `newer-format`, or `storage` when it cannot be read or is damaged
 */
export async function readRunJson(folder: string): Promise<Run> {
  const path = runPaths(folder).run
  const text = await readFile(path, 'utf8').catch((error) => {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw storageError('read', path, error)
    throw new AssayError('not-a-run', `${folder} is no run folder: it has no run.json.`, {
      hint: 'Give the folder of a run, such as <study>/runs/<id>.',
    })
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(path, messageOf(error))
  }
  if (typeof value !== 'object' || value === null) throw damaged(path, 'it holds no object')
  if (!('format' in value) || typeof value.format !== 'number') throw damaged(path, 'it has no format number')
  checkNewer(value.format, runFormatVersion, path)
  for (const field of needed) if (!(field in value)) throw damaged(path, `it has no field ${field}`)
  return value as unknown as Run
}

function damaged(path: string, why: string): AssayError {
  return new AssayError('storage', `${path} is damaged: ${why}.`, {
    hint: 'Restore it from a copy; without it the numbers of this run mean nothing.',
    exitCode: exitCodes.storage,
  })
}
