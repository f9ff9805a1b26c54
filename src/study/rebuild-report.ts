import type { Exclude, Report } from '../model/report.ts'
import { resolveRunFolders } from '../store/layout.ts'
import { finishInChild } from './finish.ts'

/**
 * Redoes every report file of a run or study folder from its records, also after a crash.
 * Throws an AssayError when there is no run in the folder.
 */
export function rebuildReport(
  folder: string,
  options: { readonly exclude?: Exclude; onStep?(message: string): void } = {},
): Promise<Report> {
  const runs = resolveRunFolders(folder)
  options.onStep?.(`analysing ${runs.length === 1 ? 'one run' : `${runs.length} runs`}`)
  return finishInChild(folder, options.exclude)
}
