import { type RunningLoad, startLoad } from '../load/pool.ts'
import type { Clock } from '../model/clock.ts'
import { entryPath } from '../model/entry.ts'
import { redact } from '../model/errors.ts'
import type { FrozenWorkload } from '../model/request.ts'
import { dialectOptionsOf, type Run } from '../model/run.ts'
import type { Study } from '../model/study.ts'
import { writeRun } from '../store/run-json.ts'
import { writeFrozenWorkload } from '../store/workload-file.ts'
import type { WorkerPlan } from '../worker.ts'
import { assayVersion } from './assay-version.ts'
import type { Stopping } from './stopping.ts'

export interface RunLoadOptions {
  /** The run folder, made and empty. */
  readonly folder: string
  /** As far as it is known before its load. */
  readonly run: Run
  readonly clock: Clock
  readonly workload: FrozenWorkload
  /** What the workers need beyond the description of the run. */
  readonly wire: Pick<WorkerPlan, 'endpoints' | 'headers' | 'body'>
  readonly limits: Study['limits']
  readonly secrets: readonly string[]
  readonly stopping: Stopping
  onStart?(load: RunningLoad): void
  /** Called when the last reply is in, before the description is completed. */
  onEnd?(): Promise<void>
}

/** Makes one load into a run folder: journal, frozen workload and run.json. Gives the run as it ended. */
export async function runLoad(options: RunLoadOptions): Promise<Run> {
  const { folder, run, clock, workload, secrets } = options
  writeFrozenWorkload(folder, workload)
  writeRun(folder, run, secrets)
  const { target, load: loadSpec } = run.cell
  const plan: WorkerPlan = {
    runId: run.id,
    runFolder: folder,
    epochMonotonicNs: clock.epochMonotonicNs,
    load: loadSpec,
    seed: run.seed,
    capture: run.capture,
    timeoutS: target.timeoutS,
    secrets,
    polling: run.polling,
    dialect: run.target.dialect,
    dialectOptions: dialectOptionsOf(run),
    model: run.target.model,
    transport: target.transport,
    connections: run.target.connections,
    balance: target.balance,
    ...options.wire,
    workload,
  }
  const load = startLoad({
    entry: entryPath('worker'),
    workers: run.workers,
    load: loadSpec,
    limits: options.limits,
    clock,
    workerData: plan,
  })
  options.stopping.follow(load)
  options.onStart?.(load)
  const result = await load.done
  await options.onEnd?.()
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
  return ended
}
