import type { Clock } from '../model/clock.ts'
import type { Load } from '../model/load.ts'
import type { Progress } from '../model/progress.ts'
import { commands, type SharedControl } from './control.ts'

const NS_PER_S = 1e9
const NS_PER_MS = 1e6
/** Rates are taken over about this long. */
const windowNs = 2 * NS_PER_S

interface Reading {
  readonly atNs: number
  readonly completed: number
  readonly tokens: number
  readonly ttftCount: number
  readonly ttftSumNs: number
  readonly itlCount: number
  readonly itlSumNs: number
}

/** Turns the shared counters into what a live view shows; it costs the workers nothing. */
export class ProgressMeter {
  readonly #load: Load
  readonly #control: SharedControl
  readonly #clock: Clock
  #startNs: number | undefined
  #readings: Reading[] = []

  constructor(load: Load, control: SharedControl, clock: Clock) {
    this.#load = load
    this.#control = control
    this.#clock = clock
  }

  begin(startNs: number): void {
    this.#startNs = startNs
  }

  read(): Progress {
    const control = this.#control
    const nowNs = this.#clock.now()
    const now = this.#reading(nowNs)
    while (this.#readings.length > 1 && nowNs - (this.#readings[1]?.atNs ?? nowNs) >= windowNs)
      this.#readings.shift()
    const before = this.#readings[0]
    this.#readings.push(now)
    const measureStartNs = control.measureStartNs
    const sent = control.total('sent')
    const planned = plannedRequests(this.#load)
    const { durationS } = this.#load.until
    const measuredS =
      measureStartNs === undefined ? undefined : Math.max(0, (nowNs - measureStartNs) / NS_PER_S)
    const over =
      control.command !== commands.run ||
      (planned !== undefined && sent + control.total('dropped') >= planned) ||
      (durationS !== undefined && measuredS !== undefined && measuredS >= durationS)
    return {
      stage: over ? 'drain' : measuredS === undefined ? 'warmup' : 'measure',
      elapsedS: this.#startNs === undefined ? 0 : Math.max(0, (nowNs - this.#startNs) / NS_PER_S),
      ...(measuredS === undefined ? {} : { measuredS }),
      ...(durationS === undefined ? {} : { durationS }),
      ...(planned === undefined ? {} : { planned }),
      sent,
      inFlight: control.total('inFlight'),
      completed: now.completed,
      failed: control.total('failed'),
      cancelled: control.total('cancelled'),
      dropped: control.total('dropped'),
      ...(before === undefined ? {} : ratesBetween(before, now)),
    }
  }

  #reading(atNs: number): Reading {
    const control = this.#control
    return {
      atNs,
      completed: control.total('completed'),
      tokens: control.total('outputTokens'),
      ttftCount: control.total('ttftCount'),
      ttftSumNs: control.total('ttftSumNs'),
      itlCount: control.total('itlCount'),
      itlSumNs: control.total('itlSumNs'),
    }
  }
}

function ratesBetween(before: Reading, now: Reading): Partial<Progress> {
  const seconds = (now.atNs - before.atNs) / NS_PER_S
  if (seconds <= 0) return {}
  const firsts = now.ttftCount - before.ttftCount
  const gaps = now.itlCount - before.itlCount
  return {
    requestsPerSecond: (now.completed - before.completed) / seconds,
    outputTokensPerSecond: (now.tokens - before.tokens) / seconds,
    ...(firsts === 0 ? {} : { ttftMs: (now.ttftSumNs - before.ttftSumNs) / firsts / NS_PER_MS }),
    ...(gaps === 0 ? {} : { itlMs: (now.itlSumNs - before.itlSumNs) / gaps / NS_PER_MS }),
  }
}

/** How many requests a load sends, where counts alone decide. */
function plannedRequests(load: Load): number | undefined {
  const { warmup, until } = load
  if (until.requests === undefined || warmup.durationS !== undefined) return undefined
  return until.requests + (warmup.requests ?? 0)
}
