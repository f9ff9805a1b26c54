import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder } from '../../model/cache-folder.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'

/** The release of node-llama-cpp that Assay is made and tested with. */
export const llamaVersion = '3.21.1'

export type LlamaModule = typeof import('node-llama-cpp')

/** The folder `assay engines setup embedded` installs into. */
export function llamaFolder(cache: string = cacheFolder()): string {
  return join(cache, 'engines', `node-llama-cpp-${llamaVersion}`)
}

/**
 * Loads node-llama-cpp: the one installed beside Assay, else the one of `assay engines setup embedded`.
 * Throws `embedded-not-installed`.
 */
export async function importLlama(folder: string = llamaFolder()): Promise<LlamaModule> {
  try {
    return await import('node-llama-cpp')
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    const entry = join(folder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')
    if (existsSync(entry)) return (await import(pathToFileURL(entry).href)) as LlamaModule
    throw new AssayError(
      'embedded-not-installed',
      'The embedded engine needs node-llama-cpp, which is not installed.',
      {
        hint: 'Run: assay engines setup embedded',
        exitCode: exitCodes.target,
        cause: error,
      },
    )
  }
}
