import type { RequestRecord } from '../model/record.ts'

/** Nanoseconds to the milliseconds of results. */
export const nsPerMs = 1e6

/** Whether the reply came whole: the only requests that give latencies. */
export function isCompleted(record: RequestRecord): boolean {
  return record.outcome.kind === 'completed'
}

/** The instant (ns) a latency is measured from. */
export function startOf(record: RequestRecord, from: 'sent' | 'intended'): number | undefined {
  return from === 'sent' ? record.sentNs : record.intendedNs
}

/** Instant (ns) of the first event with a token, of whatever kind: content, reasoning, tool call, no text. */
export function firstTokenNs(record: RequestRecord): number | undefined {
  return record.events.atNs[0]
}

/** Instant (ns) of the last event with a token. */
export function lastTokenNs(record: RequestRecord): number | undefined {
  return record.events.atNs[record.events.atNs.length - 1]
}
