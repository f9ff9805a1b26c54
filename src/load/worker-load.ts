import type { Clock } from '../model/clock.ts'
import type { Load, Pacing } from '../model/load.ts'
import type { BlockSink } from '../model/record-block.ts'
import type { Counts } from '../model/run.ts'
import type { Capture } from '../model/study.ts'
import type { Wire } from '../model/wire.ts'
import { arrivals } from '../schedule/arrivals.ts'
import { owns, type Segment, shareOf } from '../schedule/segment.ts'
import { type NextRequest, runConcurrency, runUsers } from './closed-loop.ts'
import { commands, type SharedControl } from './control.ts'
import { Dispatcher } from './dispatcher.ts'
import { HealthMeter, type HealthSources } from './health-meter.ts'
import { runOpenLoop } from './open-loop.ts'
import { makePacer, realTimers, type Timers } from './pacer.ts'
import { Recorder } from './recorder.ts'

const NS_PER_S = 1e9
const flushMs = 500
const tendMs = 50
const healthMs = 1000
/** Connections opened ahead of an open loop that states no concurrency. */
const openLoopConnections = { least: 8, most: 256, perRequestPerSecond: 2 }

export interface WorkerLoadOptions {
  readonly load: Load
  readonly seed: number
  readonly segment: Segment
  readonly capture: Capture
  readonly timeoutS: number
  readonly secrets: readonly string[]
  readonly polling: boolean
  readonly wire: Wire
  readonly sink: BlockSink
  readonly health: HealthSources
  readonly clock: Clock
  readonly control: SharedControl
  readonly timers?: Timers
}

/** What a worker says when its part of the load is over. */
export interface WorkerResult {
  /** By phase. */
  readonly counts: readonly Counts[]
  readonly lostRecords: number
  /** Set when records could not be kept. */
  readonly storageError?: string
}

/** One worker's part of a load, from its first connection to its last record. */
export class WorkerLoad {
  readonly #options: WorkerLoadOptions
  readonly #recorder: Recorder
  readonly #dispatcher: Dispatcher
  readonly #health: HealthMeter
  #storageError: string | undefined

  constructor(options: WorkerLoadOptions) {
    this.#options = options
    const { sink, segment, capture, control, clock } = options
    this.#health = new HealthMeter(segment.index, clock, options.health)
    this.#recorder = new Recorder({
      sink,
      worker: segment.index,
      capture,
      onFailure: (error) => {
        this.#storageError = error instanceof Error ? error.message : String(error)
        control.stop()
      },
    })
    this.#dispatcher = new Dispatcher({
      ...options,
      recorder: this.#recorder,
      health: this.#health,
      worker: segment.index,
    })
  }

  /** Connects ahead of the load. */
  connect(): Promise<void> {
    return this.#options.wire.open(connectionsFor(this.#options.load, this.#options.segment))
  }

  /** Sends everything, waits for the replies, writes the records. `startNs`: ns since the epoch. */
  async run(startNs: number): Promise<WorkerResult> {
    const { load, wire } = this.#options
    this.#health.begin()
    const flushing = setInterval(() => this.#recorder.flush(), flushMs)
    const tending = setInterval(() => this.#dispatcher.tend(), tendMs)
    const watching = setInterval(() => this.#health.flush(this.#dispatcher.inFlight, wire), healthMs)
    try {
      await this.#send(startNs)
      await this.#drain(load.drainS)
    } finally {
      clearInterval(tending)
      clearInterval(watching)
      await this.#health.close(this.#dispatcher.inFlight, wire)
      wire.close()
      clearInterval(flushing)
      await this.#recorder.close()
    }
    return {
      counts: this.#dispatcher.counts,
      lostRecords: this.#recorder.lostRecords,
      ...(this.#storageError === undefined ? {} : { storageError: this.#storageError }),
    }
  }

  #send(startNs: number): Promise<void> {
    const { load, seed, segment, clock, polling, timers = realTimers } = this.#options
    const dispatcher = this.#dispatcher
    const pacer = makePacer(clock, timers, polling, this.#health)
    const { pacing } = load
    switch (pacing.kind) {
      case 'burst':
      case 'constant':
      case 'poisson': {
        const mine = ownArrivals({ ...load, pacing }, seed, segment)
        return runOpenLoop({
          arrivals: mine,
          startNs,
          maxInFlight: load.maxInFlight,
          // A burst leaves no time to encode between sends.
          encodedAhead: pacing.kind === 'burst' ? pacing.burst : 64,
          dispatcher,
          pacer,
          timers,
        })
      }
      case 'concurrency': {
        const next = this.#limited(() => this.#options.control.takeIndex())
        return runConcurrency({ slots: shareOf(segment, pacing.concurrency), next, dispatcher })
      }
      case 'users': {
        const users = Array.from({ length: pacing.users }, (_, id) => id)
          .filter((id) => owns(segment, id))
          .map((id) => {
            let sent = 0
            const next = this.#limited(() => id + pacing.users * sent++)
            return { id, startNs: startNs + (id * pacing.rampS * NS_PER_S) / pacing.users, next }
          })
        return runUsers({ users, dispatcher, pacer })
      }
      default:
        return pacing satisfies never
    }
  }

  /** Ends a closed loop at the load's limits and says which phase an index belongs to. */
  #limited(takeIndex: () => number): NextRequest {
    const { load, control, clock } = this.#options
    const { warmup, until } = load
    const warmupEndNs = clock.now() + (warmup.durationS ?? Number.POSITIVE_INFINITY) * NS_PER_S
    const warmupRequests = warmup.requests ?? (warmup.durationS === undefined ? 0 : Number.POSITIVE_INFINITY)
    const requests = until.requests ?? Number.POSITIVE_INFINITY
    const durationNs = (until.durationS ?? Number.POSITIVE_INFINITY) * NS_PER_S
    return () => {
      const nowNs = clock.now()
      if (nowNs >= (control.measureStartNs ?? nowNs) + durationNs) return undefined
      const index = takeIndex()
      if (index < warmupRequests && nowNs < warmupEndNs) return { index, phase: 0 }
      // Indices decide wherever they can, so that the same requests are sent whatever the timing.
      const number = warmup.durationS === undefined ? index - warmupRequests : control.countMeasured()
      return number < requests ? { index, phase: 1 } : undefined
    }
  }

  async #drain(drainS: number): Promise<void> {
    const dispatcher = this.#dispatcher
    let limit: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => {
      limit = setTimeout(() => {
        const { control } = this.#options
        dispatcher.cancelAll(control.command === commands.run ? 'drain' : 'user')
        resolve()
      }, drainS * 1000)
    })
    await Promise.race([dispatcher.drained(), over])
    clearTimeout(limit)
  }
}

function* ownArrivals(
  load: Load & { readonly pacing: Exclude<Pacing, { kind: 'concurrency' | 'users' }> },
  seed: number,
  segment: Segment,
) {
  for (const arrival of arrivals(load, seed)) if (owns(segment, arrival.index)) yield arrival
}

/** How many connections this worker opens ahead of the load. */
export function connectionsFor(load: Load, segment: Segment): number {
  const { pacing } = load
  const { least, most, perRequestPerSecond } = openLoopConnections
  switch (pacing.kind) {
    case 'concurrency':
      return shareOf(segment, pacing.concurrency)
    case 'users':
      return shareOf(segment, pacing.users)
    case 'burst':
      return shareOf(segment, Math.min(pacing.burst, load.maxInFlight * segment.of))
    case 'constant':
    case 'poisson':
      return shareOf(
        segment,
        Math.min(most, Math.max(least, Math.ceil(pacing.ratePerSecond * perRequestPerSecond))),
      )
    default:
      return pacing satisfies never
  }
}
