import type { Clock } from '../../model/clock.ts'

/** What one turn of the event loop may spend on new requests: `sent` is early by no more than this and one turn. */
const turnNs = 200_000

/**
 * Spreads requests over turns of the event loop. node:http2 writes to the socket at the end of a turn: of a burst
 * handed to it at once, nothing leaves before the last request is encoded, 10 to 20 ms after the first was stamped
 * (400 requests).
 */
export class Turns {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #next = 0
  #scheduled = false
  #untilNs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `send` now, or in a later turn when this one has done enough; the order is kept. */
  add(send: () => void): void {
    if (!this.#scheduled) {
      this.#untilNs = this.#clock.now() + turnNs
      this.#schedule()
      send()
    } else if (this.#waiting.length === 0 && this.#clock.now() < this.#untilNs) {
      send()
    } else {
      this.#waiting.push(send)
    }
  }

  #schedule(): void {
    this.#scheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#scheduled = false
    if (this.#waiting.length === 0) return
    this.#schedule()
    this.#untilNs = this.#clock.now() + turnNs
    do {
      const send = this.#waiting[this.#next]
      if (send === undefined) {
        this.#waiting.length = 0
        this.#next = 0
        return
      }
      this.#next++
      send()
    } while (this.#clock.now() < this.#untilNs)
  }
}
