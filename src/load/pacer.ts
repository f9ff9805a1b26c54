import type { Clock } from '../model/clock.ts'

const NS_PER_MS = 1e6
/** Timers fire up to a millisecond late and a busy loop adds to it: polling takes over this long before. */
const pollAheadMs = 2
/** Looks in one turn, about 5 us: a turn for each would make 50 MB of garbage a second, and collecting it is lateness. */
const looksPerTurn = 64
/** Timers take whole milliseconds, and at most this many. */
const maxTimerMs = 2 ** 31 - 1

/** What the event loop offers; virtual in tests. */
export interface Timers {
  after(ms: number, run: () => void): void
  /** After pending I/O has been read. */
  soon(run: () => void): void
}

export const realTimers: Timers = {
  after: (ms, run) => void setTimeout(run, ms),
  soon: (run) => void setImmediate(run),
}

/** Where polling is booked. */
export interface PollingAccount {
  /** Grows with everything useful that is done. */
  readonly activity: number
  /** Time between looks at the clock with nothing useful in between. */
  pollingNs: number
}

export interface Pacer {
  /** Calls `run` at the instant (ns since the epoch), or at once when it is past. */
  at(atNs: number, run: () => void): void
}

/**
 * A timer until about 2 ms before the instant, then looks at the clock in every turn of the event loop, so
 * that sockets are read in between. Without `polling` the timer does it all and is up to two milliseconds late.
 */
export function makePacer(clock: Clock, timers: Timers, polling: boolean, account: PollingAccount): Pacer {
  let pollers = 0
  let lookedNs = 0
  let activity = 0

  const poll = (atNs: number, run: () => void) => {
    if (pollers++ === 0) {
      lookedNs = clock.now()
      activity = account.activity
    }
    // One closure an instant, not one a turn.
    const look = () => {
      let nowNs = clock.now()
      for (let i = 1; nowNs < atNs && i < looksPerTurn; i++) nowNs = clock.now()
      if (account.activity === activity) account.pollingNs += nowNs - lookedNs
      activity = account.activity
      lookedNs = nowNs
      if (nowNs < atNs) {
        timers.soon(look)
        return
      }
      pollers--
      run()
    }
    timers.soon(look)
  }

  const pacer: Pacer = {
    at(atNs, run) {
      const leftMs = (atNs - clock.now()) / NS_PER_MS
      if (leftMs <= 0) run()
      else if (polling && leftMs <= pollAheadMs) poll(atNs, run)
      else {
        const timerMs = polling ? Math.ceil(leftMs - pollAheadMs) : Math.max(1, Math.ceil(leftMs))
        timers.after(Math.min(timerMs, maxTimerMs), () => pacer.at(atNs, run))
      }
    },
  }
  return pacer
}
