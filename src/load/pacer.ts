import type { Clock } from '../model/clock.ts'

const NS_PER_MS = 1e6
/** Timers fire up to a millisecond late and a busy loop adds to it: polling takes over this long before. */
const pollAheadMs = 2

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

export interface Pacer {
  /** Calls `run` at the instant (ns since the epoch), or at once when it is past. */
  at(atNs: number, run: () => void): void
}

/**
 * A timer until about 2 ms before the instant, then a look at the clock in every turn of the event loop, so
 * that sockets are read in between. Without `polling` the timer does it all and is up to a millisecond late.
 */
export function makePacer(clock: Clock, timers: Timers, polling: boolean): Pacer {
  const pacer: Pacer = {
    at(atNs, run) {
      const leftMs = (atNs - clock.now()) / NS_PER_MS
      if (leftMs <= 0) {
        run()
      } else if (!polling) {
        timers.after(Math.max(1, Math.ceil(leftMs)), () => pacer.at(atNs, run))
      } else if (leftMs > pollAheadMs) {
        // Timers take whole milliseconds, and at most 2^31 of them.
        timers.after(Math.min(Math.ceil(leftMs - pollAheadMs), 2 ** 31 - 1), () => pacer.at(atNs, run))
      } else {
        timers.soon(() => pacer.at(atNs, run))
      }
    },
  }
  return pacer
}
