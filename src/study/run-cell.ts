import { startLoad } from '../load/pool.ts'
import { makeClock, wallTime } from '../model/clock.ts'
import { entryPath } from '../model/entry.ts'
import { redact } from '../model/errors.ts'
import type { StudyObserver } from '../model/progress.ts'
import type { FrozenWorkload } from '../model/request.ts'
import { type Run, type RunEnd, runFormatVersion } from '../model/run.ts'
import type { Cell, Study } from '../model/study.ts'
import { writeRun } from '../store/run-json.ts'
import { writeFrozenWorkload } from '../store/workload-file.ts'
import { bootId, readHost } from '../telemetry/host.ts'
import type { WorkerPlan } from '../worker.ts'
import { assayVersion, packageVersion } from './assay-version.ts'
import { convertInChild } from './finish.ts'
import { type LoadRoom, loadRoom } from './load-room.ts'
import type { PreparedTarget } from './ready-target.ts'
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
}

export interface RunOutcome {
  readonly ended: RunEnd
  /** Why it ended early. */
  readonly endedReason?: string
}

/** One run: freezes its description, makes the load, and turns the journal into Parquet. */
export async function runCell(options: RunCellOptions): Promise<RunOutcome> {
  const { study, cell, id, folder, prepared, workload, observer, secrets } = options
  const clock = makeClock()
  const room = loadRoom(prepared.endpoints)
  const workers = options.workers ?? workersFor(cell.load, room.workers)
  const run = describeRun(options, clock.epochMonotonicNs, workers, room)
  writeFrozenWorkload(folder, workload)
  writeRun(folder, run, secrets)
  const plan: WorkerPlan = {
    runId: id,
    runFolder: folder,
    epochMonotonicNs: clock.epochMonotonicNs,
    load: cell.load,
    seed: study.seed,
    capture: study.capture,
    timeoutS: cell.target.timeoutS,
    secrets,
    polling: room.polling,
    dialect: prepared.ready.dialect,
    endpoints: prepared.endpoints,
    model: prepared.ready.model,
    headers: prepared.headers,
    body: cell.target.body,
    connections: cell.target.connections,
    workload: shared(workload),
  }
  const scrapes = new ServerScrapes(folder, prepared)
  scrapes.take('before')
  const load = startLoad({
    entry: entryPath('worker'),
    workers,
    load: cell.load,
    limits: study.limits,
    clock,
    workerData: plan,
  })
  options.stopping.follow(load)
  observer.runStarted({ id, position: options.position, total: options.total, cell, progress: load.progress })
  const result = await load.done
  observer.runEnded(id)
  await scrapes.take('after')
  const ended: Run = {
    ...run,
    assay: assayVersion(),
    ended: result.ended,
    ...(result.endedReason === undefined ? {} : { endedReason: redact(result.endedReason, secrets) }),
    phases: result.phases,
    counts: result.counts,
    ...(result.lostRecords === 0 ? {} : { lostRecords: result.lostRecords }),
  }
  writeRun(folder, ended, secrets)
  await convertInChild(folder)
  return {
    ended: result.ended,
    ...(ended.endedReason === undefined ? {} : { endedReason: ended.endedReason }),
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
      engineInfo: ready.engineInfo,
      notices: ready.notices,
    },
    workload: { sha256: workload.sha256, count: workload.count, notices: workload.notices },
    repeatCommand: options.repeatCommand,
  }
}

/** Copies the workload where every thread can read it. */
function shared(workload: FrozenWorkload): FrozenWorkload {
  const bytes = new Uint8Array(new SharedArrayBuffer(workload.bytes.length))
  bytes.set(workload.bytes)
  const offsets = new Uint32Array(new SharedArrayBuffer(workload.offsets.byteLength))
  offsets.set(workload.offsets)
  return { ...workload, bytes, offsets }
}
