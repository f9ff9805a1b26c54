import type { FrozenWorkload } from '../model/request.ts'
import { runPaths } from './layout.ts'
import { writeWhole } from './write-whole.ts'

/**
 * Keeps a run's frozen workload, byte for byte, until the conversion puts its lines into workload.parquet.
 * @throws AssayError `storage`
 */
export function writeFrozenWorkload(folder: string, workload: FrozenWorkload): void {
  writeWhole(runPaths(folder).workloadLines, workload.bytes)
}
