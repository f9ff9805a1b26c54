import type { CalibrationMode } from '../model/calibration.ts'
import { makeClock, wallTime } from '../model/clock.ts'
import { messageOf } from '../model/errors.ts'
import type { StudyObserver } from '../model/progress.ts'
import type { FrozenWorkload } from '../model/request.ts'
import { type Run, type RunEnd, runFormatVersion } from '../model/run.ts'
import type { Cell, Study } from '../model/study.ts'
import { bootId, readHost } from '../telemetry/host.ts'
import { packageVersion } from './assay-version.ts'
import { calibrateRun } from './calibration/calibrate-run.ts'
import { convertInChild } from './finish.ts'
import { type LoadRoom, loadRoom } from './load-room.ts'
import type { PreparedTarget } from './ready-target.ts'
import { runLoad } from './run-load.ts'
import { ServerScrapes } from './server-scrapes.ts'
import { workersFor } from './size.ts'
import type { Stopping } from './stopping.ts'

export interface RunCellOptions {
  readonly study: Study
  readonly secrets: readonly string[]
  readonly cell: Cell
  readonly id: string
  /** The run folder, made and empty. */
  readonly folder: string
  /** From 1. */
  readonly position: number
  readonly total: number
  readonly prepared: PreparedTarget
  readonly workload: FrozenWorkload
  readonly workers: number | undefined
  readonly observer: StudyObserver
  readonly repeatCommand: string
  readonly stopping: Stopping
  readonly calibrate: CalibrationMode
}

export interface RunOutcome {
  readonly ended: RunEnd
  /** Why it ended early. */
  readonly endedReason?: string
}

/** One run: freezes its description, makes the load, turns the journal into Parquet, and measures its own error. */
export async function runCell(options: RunCellOptions): Promise<RunOutcome> {
  const { cell, id, folder, prepared, workload, observer, secrets, stopping } = options
  const clock = makeClock()
  const room = loadRoom(prepared.endpoints)
  const workers = options.workers ?? workersFor(cell.load, room.workers)
  const scrapes = new ServerScrapes(folder, prepared)
  await scrapes.take('before')
  const run = await runLoad({
    folder,
    run: describeRun(options, clock.epochMonotonicNs, workers, room),
    clock,
    workload,
    wire: { endpoints: prepared.endpoints, headers: prepared.headers, body: cell.target.body },
    limits: options.study.limits,
    secrets,
    stopping,
    onStart({ progress }) {
      observer.runStarted({ id, position: options.position, total: options.total, cell, progress })
    },
    async onEnd() {
      observer.runEnded(id)
      await scrapes.take('after')
    },
  })
  await convertInChild(folder)
  if (run.ended === 'completed') await calibrate(options, run)
  return {
    ended: run.ended ?? 'completed',
    ...(run.endedReason === undefined ? {} : { endedReason: run.endedReason }),
  }
}

/** A run keeps its worth when its calibration fails; it is then said to be without. */
async function calibrate(options: RunCellOptions, run: Run): Promise<void> {
  const { folder, workload, observer, stopping, calibrate: mode } = options
  if (mode === 'skip' || stopping.stopped) return
  try {
    await calibrateRun({ folder, run, workload, mode, stopping, step: observer.step.bind(observer) })
  } catch (error) {
    observer.notice(`The client's own error could not be measured: ${messageOf(error)}`)
  }
}

function describeRun(
  options: RunCellOptions,
  epochMonotonicNs: string,
  workers: number,
  room: LoadRoom,
): Run {
  const { study, cell, id, prepared, workload } = options
  const { ready } = prepared
  const boot = bootId()
  return {
    format: runFormatVersion,
    id,
    study: study.name,
    seed: study.seed,
    cell,
    capture: study.capture,
    assay: { version: packageVersion() },
    clock: { epochMonotonicNs, epochWall: wallTime(), ...(boot === undefined ? {} : { bootId: boot }) },
    host: readHost(),
    workers,
    polling: room.polling,
    target: {
      urls: ready.urls,
      model: ready.model,
      dialect: ready.dialect,
      ...(ready.target.dialectOptions === cell.target.dialectOptions
        ? {}
        : { dialectOptions: ready.target.dialectOptions }),
      connections: ready.connections,
      engineInfo: ready.engineInfo,
      notices: ready.notices,
    },
    workload: {
      sha256: workload.sha256,
      count: workload.count,
      notices: workload.notices,
      ...(workload.arrivalsSha256 === undefined ? {} : { arrivalsSha256: workload.arrivalsSha256 }),
      ...(workload.cache === undefined ? {} : { cache: workload.cache }),
    },
    repeatCommand: options.repeatCommand,
  }
}
