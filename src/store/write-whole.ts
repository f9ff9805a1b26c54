import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { redact } from '../model/errors.ts'
import { storageError } from './storage-error.ts'

/**
 * Replaces a file as a whole: after a crash there is the old one or the new one. Its folder must exist.
 * @throws AssayError `storage`
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`
  try {
    const file = openSync(temporary, 'w')
    try {
      writeFileSync(file, content)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    const folder = openSync(dirname(path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch (error) {
    throw storageError('write', path, error)
  }
}

/**
 * Writes a value as indented JSON, with every secret in its strings replaced.
 * @throws AssayError `storage`
 */
export function writeJson(path: string, value: object, secrets: readonly string[]): void {
  const clean = (_: string, field: unknown) => (typeof field === 'string' ? redact(field, secrets) : field)
  writeWhole(path, `${JSON.stringify(value, clean, 2)}\n`)
}
