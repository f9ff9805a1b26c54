import type { Arrival } from '../model/arrival.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Pacer, Timers } from './pacer.ts'

/** Requests sent in one turn of the event loop before sockets are read again. */
const batch = 32

/** Sends each arrival at its instant, whatever the replies do; resolves after the last one. */
export function runOpenLoop(options: {
  readonly arrivals: Iterator<Arrival>
  /** Ns since the epoch of offset 0. */
  readonly startNs: number
  readonly maxInFlight: number
  /** Requests encoded ahead of their instant. */
  readonly encodedAhead: number
  readonly dispatcher: Dispatcher
  readonly pacer: Pacer
  readonly timers: Timers
}): Promise<void> {
  const { arrivals, startNs, maxInFlight, encodedAhead, dispatcher, pacer, timers } = options
  const ahead: Arrival[] = []
  let exhausted = false

  const refill = () => {
    while (!exhausted && ahead.length < encodedAhead) {
      const { value, done } = arrivals.next()
      if (done === true) exhausted = true
      else {
        ahead.push(value)
        dispatcher.prepare(value.index)
      }
    }
  }

  return new Promise((resolve) => {
    dispatcher.onStop(resolve)
    const turn = () => {
      const nowNs = dispatcher.now()
      for (let sent = 0; sent < batch; sent++) {
        if (ahead.length === 0) refill()
        const next = ahead[0]
        if (next === undefined || dispatcher.stopped) {
          resolve()
          return
        }
        const intendedNs = startNs + next.offsetNs
        if (intendedNs > nowNs) {
          pacer.at(intendedNs, turn)
          refill()
          return
        }
        ahead.shift()
        if (dispatcher.inFlight >= maxInFlight) dispatcher.drop(next.index, next.phase, intendedNs)
        else dispatcher.dispatch({ index: next.index, phase: next.phase, intendedNs })
      }
      timers.soon(turn)
    }
    refill()
    turn()
  })
}
