import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Calibration } from '../../model/calibration.ts'
import { AssayError } from '../../model/errors.ts'
import type { Run } from '../../model/run.ts'
import { resolveRunFolders } from '../../store/layout.ts'
import { readRunJson } from '../../store/run-json.ts'
import { thawWorkload } from '../../workloads/frozen.ts'
import { convertInChild, frozenLinesInChild } from '../finish.ts'
import type { Stopping } from '../stopping.ts'
import { calibrateRun } from './calibrate-run.ts'

export interface RecalibrateOptions {
  /** Run or study folder. */
  readonly folder: string
  readonly mode: 'auto' | 'full'
  readonly stopping: Stopping
  step(message: string): void
}

/** A run and what its calibration found; absent when it has no reply to play back. */
export interface Recalibrated {
  readonly run: Run
  readonly calibration?: Calibration
}

/**
 * Measures the client's own error under the recorded timeline of each finished run of a folder, and keeps it with the
 * run in place of an older one.
 * @throws AssayError `not-a-run`, `no-runs`, `other-host`, `storage`
 */
export async function* recalibrate(options: RecalibrateOptions): AsyncGenerator<Recalibrated> {
  const { folder, mode, stopping, step } = options
  for (const runFolder of resolveRunFolders(folder)) {
    if (stopping.stopped) return
    await convertInChild(runFolder)
    const run = await readRunJson(runFolder)
    step(`${run.id}: reading what it sent`)
    const workload = await workloadOf(runFolder, run)
    const calibration = await calibrateRun({ folder: runFolder, run, workload, mode, stopping, step })
    yield { run, ...(calibration === undefined ? {} : { calibration }) }
  }
}

async function workloadOf(runFolder: string, run: Run) {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-workload-'))
  try {
    const file = join(scratch, 'workload.ndjson')
    await frozenLinesInChild(runFolder, file)
    const workload = thawWorkload(run.cell.workload.name, await readFile(file), run.workload.notices)
    if (workload.sha256 === run.workload.sha256) return workload
    throw new AssayError(
      'workload-changed',
      `The workload stored in ${runFolder} is not the one its run.json states.`,
      {
        hint: 'The folder was changed after the run: restore it, or repeat the run.',
      },
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
