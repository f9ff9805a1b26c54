import { AssayError } from '../model/errors.ts'
import type { Asked } from './asked.ts'

const NS_PER_MS = 1e6

/** When events are due. `fixed`: event k at arrival + ttftMs + k × itlMs, whatever else goes on. */
export interface Timing {
  readonly kind: 'fixed'
  readonly ttftMs: number
  readonly itlMs: number
}

/** Nanoseconds after a request's start at which its event k (from 0) is due; never falls with k. */
export type DueTimes = (event: number) => number

/** Gives each request its due times. */
export type TimingModel = (asked: Asked) => DueTimes

/** Throws `reference-option` for an unknown kind, and for times that are negative or no numbers. */
export function timingModel(timing: Timing): TimingModel {
  if (timing.kind !== 'fixed') {
    throw new AssayError('reference-option', `The reference server's timing is "${String(timing.kind)}".`, {
      hint: 'Known: fixed.',
    })
  }
  for (const name of ['ttftMs', 'itlMs'] as const) {
    if (!Number.isFinite(timing[name]) || timing[name] < 0) {
      throw new AssayError('reference-option', `The reference server's ${name} is ${timing[name]}.`, {
        hint: 'Give a number of milliseconds, 0 or more.',
      })
    }
  }
  const ttftNs = timing.ttftMs * NS_PER_MS
  const itlNs = timing.itlMs * NS_PER_MS
  const due: DueTimes = (event) => ttftNs + event * itlNs
  return () => due
}
