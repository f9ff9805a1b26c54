import { AssayError } from '../../model/errors.ts'
import type { DueTimes, TimingModel } from './timing-model.ts'

const NS_PER_MS = 1e6

/** Event k at arrival + ttftMs + k × itlMs, whatever else goes on. */
export interface FixedTiming {
  readonly kind: 'fixed'
  readonly ttftMs: number
  readonly itlMs: number
}

/** Throws `reference-option` for times that are negative or no numbers. */
export function fixedTiming(timing: FixedTiming): TimingModel {
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
  return { timeline: () => ({ due }), reset() {} }
}
