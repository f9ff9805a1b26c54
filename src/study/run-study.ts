import type { CalibrationMode } from '../model/calibration.ts'
import { wallTime } from '../model/clock.ts'
import { AssayError, exitCodes } from '../model/errors.ts'
import type { StudyObserver } from '../model/progress.ts'
import type { Report } from '../model/report.ts'
import type { Study } from '../model/study.ts'
import { expand } from '../spec/expand.ts'
import { createRunFolder, createStudyFolder, discardUnused, studyPaths } from '../store/layout.ts'
import { writeStudy } from '../store/study-json.ts'
import { checkCapabilities } from './check-capabilities.ts'
import { finishInChild } from './finish.ts'
import { freezeWorkloads } from './freeze-workloads.ts'
import { checkEngines, launchCommands } from './launch-leave.ts'
import { checkDescriptors } from './load-room.ts'
import { type RunOutcome, runCell } from './run-cell.ts'
import { runIdOf } from './run-id.ts'
import { Stopping, type StudyControl } from './stopping.ts'
import { StudyTargets } from './study-targets.ts'

export interface RunStudyOptions {
  readonly study: Study
  readonly secrets: readonly string[]
  /** Must not exist. */
  readonly folder: string
  /** `run`: the folder is the run folder of a study of one cell. `study`: it holds `runs/<id>/`. */
  readonly layout: 'run' | 'study'
  /** Load threads; absent: chosen from the load and this host's cores. */
  readonly workers?: number
  /** How the client's own error is measured after each run: `skip`. */
  readonly calibrate?: CalibrationMode
  readonly observer: StudyObserver
  /** The command line that repeats the study, without secrets. */
  readonly repeatCommand: string
  /** Throws when these commands may not be run; absent: all may. Told an empty list when there are none. */
  mayLaunch?(commands: readonly string[]): Promise<void>
  /** Called once, before the first run. */
  onControl?(control: StudyControl): void
}

export interface StudyOutcome extends RunOutcome {
  readonly report: Report
  readonly folder: string
}

/** Runs every cell of a study and reports on them. Throws AssayErrors; what was measured before stays on disk. */
export async function runStudy(options: RunStudyOptions): Promise<StudyOutcome> {
  const { study, folder, layout, observer, secrets } = options
  const cells = expand(study)
  const started = wallTime()
  for (const load of study.loads) checkDescriptors(load)
  await checkEngines(study.targets)
  await options.mayLaunch?.(await launchCommands(study.targets))
  const workloads = await freezeWorkloads(study, observer)
  await checkCapabilities(study, workloads)
  if (layout === 'run') {
    await createRunFolder(folder)
  } else {
    await createStudyFolder(folder)
    writeStudy(folder, study, secrets)
  }
  const stopping = new Stopping()
  options.onControl?.(stopping)
  const targets = new StudyTargets(folder, observer, secrets, stopping.signal)
  let end: RunOutcome = { ended: 'completed' }
  let runs = 0
  try {
    for (const [position, cell] of cells.entries()) {
      if (end.ended !== 'completed') break
      const workload = workloads.get(cell.workload.name)
      if (workload === undefined) throw new RangeError(`workload ${cell.workload.name} was not frozen`)
      const prepared = await targets.prepare(cell.target, workload, cell.load)
      if (stopping.stopped) {
        end = { ended: 'interrupted' }
        break
      }
      const id = runIdOf(cell, started)
      const runFolder = layout === 'run' ? folder : studyPaths(folder).run(id)
      if (layout === 'study') await createRunFolder(runFolder)
      runs++
      end = await runCell({
        study,
        secrets,
        cell,
        id,
        folder: runFolder,
        position: position + 1,
        total: cells.length,
        prepared,
        workload,
        workers: options.workers,
        observer,
        repeatCommand: options.repeatCommand,
        stopping,
        calibrate: options.calibrate ?? 'skip',
      })
      await targets.release(cell.target)
    }
  } catch (error) {
    if (runs > 0) throw keptBefore(error, folder)
    await discardUnused(folder)
    throw error
  } finally {
    await targets.stop()
  }
  if (runs === 0) {
    await discardUnused(folder)
    const options = {
      hint: 'Nothing was measured; run it again when you are ready.',
      exitCode: exitCodes.interrupted,
    }
    throw new AssayError('interrupted', 'Stopped before the first request of a run.', options)
  }
  observer.step('writing the report')
  return { report: await finishInChild(folder), folder, ...end }
}

/** A target that fails late takes nothing from the runs before it. */
function keptBefore(error: unknown, folder: string): unknown {
  if (!(error instanceof AssayError)) return error
  const { code, message, exitCode } = error
  const kept = `The runs before it are kept: assay report ${folder}`
  return new AssayError(code, message, {
    hint: error.hint === undefined ? kept : `${error.hint} ${kept}`,
    exitCode,
    cause: error,
  })
}
