import type { RequestMetric } from '../model/metric.ts'
import { isCompleted } from './instants.ts'
import { eventTokensAddUp, outputTokens } from './token-counts.ts'

/** How many tokens a server puts into one event. */
export const tokensPerEvent: RequestMetric = {
  kind: 'request',
  id: 'tokens-per-event',
  title: 'Tokens per event',
  unit: 'tokens',
  better: 'neither',
  scope: 'request',
  formula:
    'Output tokens / token events, one value a completed request. Above 1 the server bundles tokens (speculative decoding, several steps in one chunk, a filter that releases blocks), and `itl` is the gap between bundles; below 1 some events carry no token. A token that ends the reply without an event makes it a little more than 1. Absent when tokens were counted by their events alone.',
  counts: ['output'],
  from: ['sent'],
  collect(record, _from, into) {
    const events = record.events.atNs.length
    const count = outputTokens(record)
    if (!isCompleted(record) || events === 0 || count === undefined) return
    if (count.source === 'events' && !eventTokensAddUp(record)) return
    into.push(count.value / events)
  },
}
