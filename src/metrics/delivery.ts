import type { PhaseWindow } from '../model/metric.ts'
import type { RequestRecord } from '../model/record.ts'
import { firstTokenNs, isCompleted, lastTokenNs } from './instants.ts'
import { eventTokens, outputTokens } from './token-counts.ts'

/** A sum over requests and how many of them had a part in it. */
interface Total {
  readonly value: number
  readonly n: number
}

/** Whether an instant lies in the window, both ends included. */
export function isInside(window: PhaseWindow, atNs: number | undefined): boolean {
  return atNs !== undefined && atNs >= window.startNs && atNs <= window.endNs
}

/**
 * Whether a request's tokens count for throughput: those of completed requests, and those that requests cut by the
 * end of the run had received until then. A failed request delivered nothing anyone can use.
 */
export function delivers(record: RequestRecord): boolean {
  return isCompleted(record) || record.outcome.kind === 'cancelled'
}

/**
 * Output tokens a request received inside the window: its token count times the share of its events' tokens that
 * lies inside. A reply without events counts whole at its end. `undefined` when nobody counted.
 */
export function outputTokensInside(record: RequestRecord, window: PhaseWindow): number | undefined {
  const count = outputTokens(record)?.value
  if (count === undefined) return undefined
  const { atNs, tokens } = record.events
  const first = firstTokenNs(record)
  const last = lastTokenNs(record)
  if (first === undefined || last === undefined) return isInside(window, record.endNs) ? count : 0
  if (first > window.endNs || last < window.startNs) return 0
  if (isInside(window, first) && isInside(window, last)) return count
  let inside = 0
  for (let i = 0; i < atNs.length; i++) if (isInside(window, atNs[i])) inside += tokens[i] as number
  const all = eventTokens(record)
  return all === 0 ? 0 : (count * inside) / all
}

/**
 * Input tokens a request had processed inside the window: all of them at its first token (at its end when it has no
 * events). `undefined` when nobody counted.
 */
export function inputTokensInside(record: RequestRecord, window: PhaseWindow): number | undefined {
  const count = record.inputTokens?.value
  if (count === undefined) return undefined
  const done = firstTokenNs(record) ?? (isCompleted(record) ? record.endNs : undefined)
  return isInside(window, done) ? count : 0
}

/** Adds up what requests delivered inside the window; `undefined` when none of them was counted. */
export function totalInside(
  records: readonly RequestRecord[],
  window: PhaseWindow,
  inside: (record: RequestRecord, window: PhaseWindow) => number | undefined,
): Total | undefined {
  let value = 0
  let n = 0
  let known = 0
  let unknown = 0
  for (const record of records) {
    if (!delivers(record)) continue
    const tokens = inside(record, window)
    if (tokens === undefined) {
      unknown++
      continue
    }
    known++
    value += tokens
    if (tokens > 0) n++
  }
  return known === 0 && unknown > 0 ? undefined : { value, n }
}

/** A total as a rate; `undefined` when there is no total or the window has no length. */
export function perSecond(total: Total | undefined, window: PhaseWindow): Total | undefined {
  const seconds = (window.endNs - window.startNs) / 1e9
  return total === undefined || seconds <= 0 ? undefined : { value: total.value / seconds, n: total.n }
}
