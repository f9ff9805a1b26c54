import type { Timers } from '../src/load/pacer.ts'
import type { Clock } from '../src/model/clock.ts'

/** A clock and an event loop that only move when told: `run` executes everything due, in order. */
export class VirtualTime implements Clock, Timers {
  readonly epochMonotonicNs = '0'
  #nowNs = 0
  #sequence = 0
  #due: { atNs: number; order: number; run: () => void }[] = []
  /** Time one turn of the event loop takes, so that polling ends. */
  readonly turnNs: number

  constructor(turnNs = 10_000) {
    this.turnNs = turnNs
  }

  now(): number {
    return this.#nowNs
  }

  after(ms: number, run: () => void): void {
    this.#due.push({ atNs: this.#nowNs + ms * 1e6, order: this.#sequence++, run })
  }

  soon(run: () => void): void {
    this.#due.push({ atNs: this.#nowNs + this.turnNs, order: this.#sequence++, run })
  }

  /** Runs until nothing is due before `untilMs`, letting promises settle in between. */
  async run(untilMs: number): Promise<void> {
    for (;;) {
      await settle()
      this.#due.sort((a, b) => a.atNs - b.atNs || a.order - b.order)
      const next = this.#due[0]
      if (next === undefined || next.atNs > untilMs * 1e6) break
      this.#due.shift()
      this.#nowNs = Math.max(this.#nowNs, next.atNs)
      next.run()
    }
    this.#nowNs = Math.max(this.#nowNs, untilMs * 1e6)
    await settle()
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}
