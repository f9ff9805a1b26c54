import type { Clock } from '../model/clock.ts'
import { messageOf } from '../model/errors.ts'
import { phases } from '../model/load.ts'
import type { CancelReason } from '../model/record.ts'
import type { EncodedRequest, Wire } from '../model/wire.ts'
import { commands, counters, type SharedControl } from './control.ts'
import { Flight, type FlightListener } from './flight.ts'
import type { HealthMeter } from './health-meter.ts'
import type { Recorder } from './recorder.ts'

const NS_PER_S = 1e9
const at = Object.fromEntries(counters.map((name, i) => [name, i])) as Record<
  (typeof counters)[number],
  number
>

export interface Dispatch {
  readonly index: number
  readonly phase: number
  readonly intendedNs?: number
  readonly user?: number
  /** Called when the request is over, however it ended. */
  ended?(): void
}

/** One worker's requests in flight: sends them, counts them, ends the ones that take too long. */
export class Dispatcher implements FlightListener {
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #recorder: Recorder
  readonly #control: SharedControl
  readonly #health: HealthMeter
  readonly #row: Float64Array
  readonly #timeoutNs: number
  readonly #secrets: readonly string[]
  readonly #prepared = new Map<number, EncodedRequest>()
  /** In order of dispatch: the first one times out first. */
  readonly #flights = new Map<Flight, { cancel(): void; ended: (() => void) | undefined }>()
  readonly #stopListeners: (() => void)[] = []
  #stopSeen = false
  #idle: (() => void) | undefined
  /** By phase; `planned` is counted at dispatch and the others at the end, so that their sum can be checked. */
  readonly counts = phases.map(() => ({ planned: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0 }))

  constructor(options: {
    readonly wire: Wire
    readonly clock: Clock
    readonly recorder: Recorder
    readonly control: SharedControl
    readonly health: HealthMeter
    readonly worker: number
    readonly timeoutS: number
    readonly secrets: readonly string[]
  }) {
    this.#wire = options.wire
    this.#clock = options.clock
    this.#recorder = options.recorder
    this.#control = options.control
    this.#health = options.health
    this.#row = options.control.row(options.worker)
    this.#timeoutNs = options.timeoutS * NS_PER_S
    this.#secrets = options.secrets
  }

  now(): number {
    return this.#clock.now()
  }

  get inFlight(): number {
    return this.#flights.size
  }

  get stopped(): boolean {
    return this.#control.command !== commands.run
  }

  /** Called once when sending shall stop. */
  onStop(listener: () => void): void {
    this.#stopListeners.push(listener)
  }

  /** Encodes a request ahead of its instant. */
  prepare(index: number): void {
    this.#prepared.set(index, this.#wire.encode(index))
  }

  dispatch(request: Dispatch): void {
    const { index, phase, intendedNs, user } = request
    const encoded = this.#prepared.get(index) ?? this.#wire.encode(index)
    this.#prepared.delete(index)
    const dispatchedNs = this.#clock.now()
    if (phase === 1) this.#control.beginMeasure(intendedNs ?? dispatchedNs)
    const flight = this.#flight(index, phase, intendedNs, user, dispatchedNs)
    this.#health.dispatched()
    if (intendedNs !== undefined) this.#health.late(dispatchedNs - intendedNs)
    this.#add('sent', 1)
    this.#recorder.began(flight)
    const handle = { cancel: () => {}, ended: request.ended?.bind(request) }
    this.#flights.set(flight, handle)
    this.#add('inFlight', 1)
    try {
      handle.cancel = this.#wire.send(encoded, flight).cancel
    } catch (error) {
      flight.failed(this.#clock.now(), 'connect', messageOf(error))
    }
  }

  /** Counts an arrival that is not sent because too much is in flight. */
  drop(index: number, phase: number, intendedNs: number): void {
    this.#prepared.delete(index)
    this.#flight(index, phase, intendedNs, undefined, intendedNs).dropped()
  }

  /** Looks after time-outs and commands; to be called a few times a second. */
  tend(): void {
    const nowNs = this.#clock.now()
    const limitS = this.#timeoutNs / NS_PER_S
    for (const [flight, handle] of this.#flights) {
      if (nowNs - flight.dispatchedNs < this.#timeoutNs) break
      handle.cancel()
      flight.failed(nowNs, 'timeout', `The reply was not complete after ${limitS} s.`)
    }
    if (this.stopped && !this.#stopSeen) {
      this.#stopSeen = true
      for (const listener of this.#stopListeners) listener()
    }
    if (this.#control.command === commands.cancel) this.cancelAll(this.#control.cancelReason)
  }

  cancelAll(by: CancelReason): void {
    for (const [flight, handle] of this.#flights) {
      handle.cancel()
      flight.cancelled(this.#clock.now(), by)
    }
  }

  /** Resolves when nothing is in flight. */
  drained(): Promise<void> {
    return this.#flights.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#idle = resolve
        })
  }

  arrived(): void {
    this.#health.activity++
  }

  firstToken(_flight: Flight, atNs: number, sentNs: number): void {
    this.#health.events++
    this.#add('ttftCount', 1)
    this.#add('ttftSumNs', atNs - sentNs)
  }

  nextToken(gapNs: number | undefined, isShared: boolean): void {
    this.#health.events++
    if (isShared) this.#health.coalesced++
    if (gapNs === undefined) return
    this.#add('itlCount', 1)
    this.#add('itlSumNs', gapNs)
  }

  tokens(count: number): void {
    this.#add('outputTokens', count)
  }

  ended(flight: Flight, outcome: 'completed' | 'failed' | 'cancelled' | 'dropped'): void {
    this.#add(outcome, 1)
    const counts = this.counts[flight.phase]
    if (counts !== undefined) counts[outcome]++
    const handle = this.#flights.get(flight)
    if (handle === undefined) return
    this.#flights.delete(flight)
    this.#add('inFlight', -1)
    handle.ended?.()
    if (this.#flights.size === 0) this.#idle?.()
  }

  #flight(
    index: number,
    phase: number,
    intendedNs: number | undefined,
    user: number | undefined,
    dispatchedNs: number,
  ): Flight {
    const counts = this.counts[phase]
    if (counts !== undefined) counts.planned++
    return new Flight({
      index,
      phase,
      user,
      intendedNs,
      dispatchedNs,
      recorder: this.#recorder,
      listener: this,
      secrets: this.#secrets,
    })
  }

  #add(counter: (typeof counters)[number], value: number): void {
    this.#row[at[counter]] = (this.#row[at[counter]] ?? 0) + value
  }
}
