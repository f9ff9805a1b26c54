import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../model/cache-folder.ts'
import { distPath } from '../../model/entry.ts'
import type { EnvironmentName } from '../recipe.ts'

/** Path of a file of Assay's Python side. */
export function scriptPath(name: string): string {
  return distPath(`engines/python/${name}`)
}

/** The pinned packages of an environment, as pip reads them. */
export function pinsPath(name: string): string {
  return scriptPath(`${name}.txt`)
}

/** Folder of an environment: named after its pins, so that other pins make another one. */
export function environmentFolder(name: EnvironmentName): string {
  const hash = createHash('sha256')
    .update(readFileSync(pinsPath(name)))
    .digest('hex')
    .slice(0, 12)
  return join(cacheFolder(), 'engines', `${name}-${hash}`)
}

/** The environment's Python. */
export function environmentPython(name: EnvironmentName): string {
  const folder = environmentFolder(name)
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

/** Made last in an environment's folder: without it the environment is not whole. */
export const wholeMark = 'assay-environment'
