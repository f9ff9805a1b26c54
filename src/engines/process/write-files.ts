import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { AssayError, exitCodes, messageOf } from '../../model/errors.ts'
import type { WrittenFile } from '../recipe.ts'

/**
 * Writes text files below a folder, which is made; one that is there already with the same text is left alone, and others
 * never see half of one. Throws `launch-files` when they cannot be written.
 */
export function writeFiles(folder: string, files: readonly WrittenFile[]): void {
  try {
    mkdirSync(folder, { recursive: true })
    for (const { path, text } of files) writeOne(below(folder, path), text)
  } catch (cause) {
    throw new AssayError('launch-files', `Files of the engine cannot be written: ${messageOf(cause)}`, {
      hint: 'Set ASSAY_CACHE to a folder that can be written.',
      exitCode: exitCodes.storage,
      cause,
    })
  }
}

function writeOne(path: string, text: string): void {
  if (textOf(path) === text) return
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${randomUUID()}.tmp`
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

function below(folder: string, path: string): string {
  const whole = resolve(folder, path)
  const inside = relative(folder, whole)
  if (isAbsolute(path) || inside === '' || inside.startsWith('..')) {
    throw new RangeError(`${path} is not below ${folder}`)
  }
  return join(folder, inside)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
