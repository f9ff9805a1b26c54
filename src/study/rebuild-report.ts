import type { Report } from '../model/report.ts'
import { resolveRunFolders } from '../store/layout.ts'
import { finishInChild } from './finish.ts'

/**
 * Redoes every report file of a run or study folder from its records, also after a crash.
 * Throws an AssayError when there is no run in the folder.
 */
export function rebuildReport(folder: string, onStep?: (message: string) => void): Promise<Report> {
  const runs = resolveRunFolders(folder)
  onStep?.(`analysing ${runs.length === 1 ? 'one run' : `${runs.length} runs`}`)
  return finishInChild(folder)
}
