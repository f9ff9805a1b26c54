import type { Clock } from '../model/clock.ts'
import { DueHeap } from './due-heap.ts'

const NS_PER_MS = 1e6
/** Timers fire up to a millisecond late, and later on a busy loop: polling takes over this long before. */
const pollAheadMs = 2
/** What one turn of the event loop fires at most, so that sockets are read (and arrivals stamped) in between. */
const firesPerTurn = 32
/** And for how long: a flood's fire takes ten times as long as that of a single event. */
const firingNs = 200_000
/**
 * How often a turn looks at the clock before the loop turns again, 2 µs together: turns make garbage, twice as much a
 * second with a single look (220 MB), and while it is collected everything is late.
 */
const looksPerTurn = 32
/** The longest timer there is. */
const maxTimerMs = 2 ** 31 - 1

/** What the event loop offers; virtual in tests. */
export interface Timers {
  /** Returns a function that cancels. */
  after(ms: number, run: () => void): () => void
  /** After pending I/O has been read. */
  soon(run: () => void): void
}

export const realTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  soon: (run) => void setImmediate(run),
}

/** Something with a due instant. */
export interface Scheduled {
  /** Does what is due; returns when it wants to be called next (ns since the epoch), if at all. */
  fire(): number | undefined
}

/**
 * Fires everything at its due instant: a timer until about 2 ms before, then a look at the clock in every turn of
 * the event loop. It never blocks while it waits, and sleeps when nothing is due soon.
 */
export class Scheduler {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #heap = new DueHeap<Scheduled>()
  readonly #run = () => this.#turn()
  #polling = false
  #cancelTimer: (() => void) | undefined
  /** The instant that the timer waits for. */
  #timerDueNs = 0
  #stopped = false

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
  }

  /** Lets `item` fire at the instant (ns since the epoch), in a later turn of the event loop if that is past. */
  at(dueNs: number, item: Scheduled): void {
    if (this.#stopped) return
    this.#heap.push(dueNs, item)
    if (this.#polling || (this.#cancelTimer !== undefined && dueNs >= this.#timerDueNs)) return
    this.#wait(this.#clock.now())
  }

  /** Drops everything; nothing fires any more. */
  stop(): void {
    this.#stopped = true
    this.#heap.clear()
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #wait(nowNs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const dueNs = this.#heap.nextNs
    if (dueNs === undefined) return
    const timerMs = Math.floor((dueNs - nowNs) / NS_PER_MS - pollAheadMs)
    if (timerMs >= 1) {
      this.#timerDueNs = dueNs
      this.#cancelTimer = this.#timers.after(Math.min(timerMs, maxTimerMs), this.#run)
    } else {
      this.#polling = true
      this.#timers.soon(this.#run)
    }
  }

  /** The time, when something is due or this turn has looked long enough. */
  #lookOut(): number {
    let nowNs = this.#clock.now()
    const dueNs = this.#heap.nextNs ?? 0
    for (let looks = 1; nowNs < dueNs && looks < looksPerTurn; looks++) nowNs = this.#clock.now()
    return nowNs
  }

  #turn(): void {
    if (this.#stopped) return
    // True while items fire, so that what they add does not arm a second wait.
    this.#polling = true
    this.#cancelTimer = undefined
    const nowNs = this.#lookOut()
    for (let fires = 0; fires < firesPerTurn; fires++) {
      const dueNs = this.#heap.nextNs
      if (dueNs === undefined || dueNs > nowNs) break
      const item = this.#heap.pop()
      const nextNs = item?.fire()
      if (item !== undefined && nextNs !== undefined) this.#heap.push(nextNs, item)
      if (this.#clock.now() - nowNs > firingNs) break
    }
    this.#polling = false
    if (!this.#stopped) this.#wait(nowNs)
  }
}
