import type { Clock } from '../model/clock.ts'

/** What one turn of the event loop may spend on requests before sockets are read again. */
const turnNs = 200_000

/** Bytes that were read and are still to be understood. */
interface Arrived {
  readonly bytes: Buffer
  readonly atNs: number
  readonly take: (bytes: Buffer, atNs: number) => void
}

/**
 * Puts work off until every socket that is ready has been read: a request takes ten times as long to understand as to
 * read, and in a burst the last one would be logged as having arrived when the server came round to it.
 */
export class Intake {
  readonly #clock: Clock
  #waiting: Arrived[] = []
  #next = 0
  #scheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `take` is called with what was read and when, in order, in a later phase of the event loop. */
  add(bytes: Buffer, atNs: number, take: Arrived['take']): void {
    this.#waiting.push({ bytes, atNs, take })
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    const untilNs = this.#clock.now() + turnNs
    do {
      const arrived = this.#waiting[this.#next]
      if (arrived === undefined) {
        this.#waiting = []
        this.#next = 0
        this.#scheduled = false
        return
      }
      this.#next++
      arrived.take(arrived.bytes, arrived.atNs)
    } while (this.#clock.now() < untilNs)
    setImmediate(() => this.#turn())
  }
}
