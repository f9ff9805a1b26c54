import { Worker } from 'node:worker_threads'
import type { Clock } from '../model/clock.ts'
import { isOpen, type Load, phases } from '../model/load.ts'
import type { Progress } from '../model/progress.ts'
import type { Counts, PhaseInstants, RunEnd } from '../model/run.ts'
import type { Study } from '../model/study.ts'
import { SharedControl } from './control.ts'
import { ProgressMeter } from './progress-meter.ts'
import type { WorkerResult } from './worker-load.ts'

const watchMs = 100
/** A third of the default: 10,000 streams then take 250 MB instead of 280. */
const maxYoungGenerationSizeMb = 16
/** Time between the order to start and offset 0, so that every worker has it. */
const startAheadNs = 5e6
/** Failures are judged as a share once there are this many results. */
const resultsToJudge = 20
/** A target that only fails for this long is gone. */
const lostAfter = { failures: 50, seconds: 2 }
const NS_PER_S = 1e9

/** Sent to a worker when it shall begin; offset 0 lies at `startNs` (ns since the epoch). */
export interface StartMessage {
  readonly startNs: number
}

/** What workers say: once connected, and once at the end. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: WorkerResult }
  | { readonly kind: 'broken'; readonly message: string }

export interface PoolOptions {
  /** Built entry of the worker thread. */
  readonly entry: string
  readonly workers: number
  readonly load: Load
  readonly limits: Study['limits']
  readonly clock: Clock
  /** What each worker is told besides its number and the shared memory. */
  readonly workerData: unknown
}

/** What the pool gives every worker. */
export interface PoolWorkerData<T> {
  readonly control: SharedArrayBuffer
  readonly worker: number
  readonly workers: number
  readonly data: T
}

export interface LoadResult {
  readonly ended: RunEnd
  readonly endedReason?: string
  readonly phases: readonly PhaseInstants[]
  /** By phase name; phases that sent nothing are absent. */
  readonly counts: Readonly<Record<string, Counts>>
  readonly lostRecords: number
}

export interface RunningLoad {
  progress(): Progress
  /** Sends no more; what is in flight may end. */
  stop(): void
  /** Ends what is in flight as well. */
  cancel(): void
  readonly done: Promise<LoadResult>
}

/** Starts the worker threads, and the load once all of them are connected. */
export function startLoad(options: PoolOptions): RunningLoad {
  const { load, clock } = options
  const control = new SharedControl(options.workers)
  const threads = Array.from({ length: options.workers }, (_, worker) =>
    startThread(options, control, worker),
  )
  const meter = new ProgressMeter(load, control, clock)
  let end: { ended: RunEnd; reason?: string } | undefined
  const stop = (ended: RunEnd, reason?: string) => {
    end ??= { ended, ...(reason === undefined ? {} : { reason }) }
    control.stop()
  }

  const run = async (): Promise<LoadResult> => {
    let watch: NodeJS.Timeout | undefined
    try {
      await Promise.all(threads.map((thread) => thread.ready))
      const startNs = clock.now() + startAheadNs
      meter.begin(startNs)
      const judge = makeJudge(options, control)
      watch = setInterval(() => {
        const reason = judge(clock.now())
        if (reason !== undefined) stop('safety-stop', reason)
      }, watchMs)
      for (const thread of threads) thread.start({ startNs })
      const results = await Promise.all(threads.map((thread) => thread.done))
      const storageError = results.find((result) => result.storageError !== undefined)?.storageError
      if (storageError !== undefined) end = { ended: 'storage', reason: storageError }
      return {
        ended: end?.ended ?? 'completed',
        ...(end?.reason === undefined ? {} : { endedReason: end.reason }),
        phases: phaseInstants(load, control, startNs),
        counts: countsOf(results),
        lostRecords: sum(results.map((result) => result.lostRecords)),
      }
    } finally {
      clearInterval(watch)
      await Promise.all(threads.map((thread) => thread.terminate()))
    }
  }

  return {
    progress: () => meter.read(),
    stop: () => stop('interrupted', 'Stopped by the user.'),
    cancel: () => {
      stop('interrupted', 'Stopped by the user.')
      control.cancel('user')
    },
    done: run(),
  }
}

interface Thread {
  readonly ready: Promise<void>
  readonly done: Promise<WorkerResult>
  start(message: StartMessage): void
  terminate(): Promise<unknown>
}

function startThread(options: PoolOptions, control: SharedControl, number: number): Thread {
  const workerData: PoolWorkerData<unknown> = {
    control: control.memory,
    worker: number,
    workers: options.workers,
    data: options.workerData,
  }
  const worker = new Worker(options.entry, {
    workerData,
    name: `assay-load-${number}`,
    resourceLimits: { maxYoungGenerationSizeMb },
  })
  let onReady = () => {}
  let onDone = (_: WorkerResult) => {}
  const ready = new Promise<void>((resolve) => {
    onReady = resolve
  })
  const done = new Promise<WorkerResult>((resolve) => {
    onDone = resolve
  })
  const failed = new Promise<never>((_, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`Load worker ${number} ended with code ${code}.`)))
    worker.on('message', (message: WorkerMessage) => {
      switch (message.kind) {
        case 'ready':
          onReady()
          break
        case 'done':
          onDone(message.result)
          break
        case 'broken':
          reject(new Error(message.message))
          break
        default:
          message satisfies never
      }
    })
  })
  // A worker that ends after its result is no failure; whoever waits for more gets the error.
  failed.catch(() => {})
  return {
    ready: Promise.race([ready, failed]),
    done: Promise.race([done, failed]),
    start: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  }
}

/** Says why a run must stop, if it must: too many errors, too many tokens, or a target that is gone. */
function makeJudge(options: PoolOptions, control: SharedControl): (nowNs: number) => string | undefined {
  const { maxTokensTotal, abortOnErrors } = options.limits
  let lastGood = { results: 0, atNs: options.clock.now(), failures: 0 }
  return (nowNs) => {
    const failed = control.total('failed')
    const completed = control.total('completed')
    const tokens = control.total('outputTokens')
    if (maxTokensTotal !== undefined && tokens >= maxTokensTotal) {
      return `${tokens} output tokens were received (maxTokensTotal is ${maxTokensTotal}).`
    }
    const results = failed + completed
    if (abortOnErrors !== undefined && results >= resultsToJudge && failed / results > abortOnErrors) {
      const share = Math.round((failed / results) * 1000) / 10
      return `${share} % of ${results} requests failed (abortOnErrors is ${abortOnErrors * 100} %).`
    }
    const good = completed + tokens
    if (good > lastGood.results) lastGood = { results: good, atNs: nowNs, failures: failed }
    const failures = failed - lastGood.failures
    const seconds = (nowNs - lastGood.atNs) / NS_PER_S
    if (failures >= lostAfter.failures && seconds >= lostAfter.seconds) {
      return `The last ${failures} requests failed and none was answered for ${seconds.toFixed(1)} s.`
    }
    return undefined
  }
}

function phaseInstants(load: Load, control: SharedControl, startNs: number): PhaseInstants[] {
  const measureStartNs = control.measureStartNs
  const hasWarmup = load.warmup.requests !== undefined || load.warmup.durationS !== undefined
  const { durationS } = load.until
  const plannedStartNs =
    isOpen(load.pacing) && load.warmup.requests === undefined
      ? startNs + (load.warmup.durationS ?? 0) * NS_PER_S
      : measureStartNs
  return [
    { name: phases[0], ...(hasWarmup ? { startNs } : {}) },
    {
      name: phases[1],
      ...(plannedStartNs === undefined ? {} : { startNs: plannedStartNs }),
      ...(plannedStartNs === undefined || durationS === undefined || load.until.requests !== undefined
        ? {}
        : { stopNs: plannedStartNs + durationS * NS_PER_S }),
    },
  ]
}

function countsOf(results: readonly WorkerResult[]): Record<string, Counts> {
  const counts: Record<string, Counts> = {}
  for (const [phase, name] of phases.entries()) {
    const total = (key: keyof Counts) => sum(results.map((result) => result.counts[phase]?.[key] ?? 0))
    const planned = total('planned')
    if (planned === 0) continue
    const [completed, failed] = [total('completed'), total('failed')]
    counts[name] = { planned, completed, failed, cancelled: total('cancelled'), dropped: total('dropped') }
  }
  return counts
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
