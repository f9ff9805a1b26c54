import { access } from 'node:fs/promises'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { RunPaths } from './layout.ts'

/** True while a run lasts, and after a crash until it is converted. */
export function hasJournal(paths: RunPaths): Promise<boolean> {
  return exists(paths.journal)
}

/**
 * Refuses a run whose Parquet files are not all there.
 * @throws AssayError `unconverted` while there is a journal, `not-a-run` when a file is missing
 */
export async function checkConverted(paths: RunPaths): Promise<void> {
  if (await hasJournal(paths)) {
    throw new AssayError('unconverted', `${paths.folder} still has its journal.`, {
      hint: `Wait until the run has ended, or finish it after a crash with: assay report ${paths.folder}`,
      exitCode: exitCodes.storage,
    })
  }
  for (const path of [paths.requests, paths.events, paths.samples, paths.health, paths.workload]) {
    if (await exists(path)) continue
    throw new AssayError('not-a-run', `${paths.folder} holds no whole run: ${path} is missing.`, {
      hint: 'Restore that file, or repeat the run with the repeatCommand of its run.json.',
      exitCode: exitCodes.storage,
    })
  }
}

/** True when something is at a path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
