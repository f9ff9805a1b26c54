import type { RequestRecord } from '../model/record.ts'

const nsPerUs = 1000

/**
 * What the reference server plays back: one JSON line a recorded request, in the order of their indices, with the
 * instants of its events in whole microseconds after it was sent. `longestTtftMs` shortens the wait for first tokens, so
 * that a short calibration meets the decoding that makes the events. Requests without events are left out.
 */
export function* timelineOf(
  records: readonly RequestRecord[],
  { longestTtftMs = Number.POSITIVE_INFINITY }: { readonly longestTtftMs?: number } = {},
): Generator<string> {
  for (const record of records) {
    const { index, sentNs, events } = record
    const first = events.atNs[0]
    if (record.outcome.kind !== 'completed' || sentNs === undefined || first === undefined) continue
    const cutNs = Math.max(0, first - sentNs - longestTtftMs * 1e6)
    const atUs = Array.from(events.atNs, (ns) => Math.round((ns - sentNs - cutNs) / nsPerUs))
    const several = events.tokens.some((tokens) => tokens !== 1)
    yield `${JSON.stringify({ index, atUs, ...(several ? { tokens: [...events.tokens] } : {}) })}\n`
  }
}
