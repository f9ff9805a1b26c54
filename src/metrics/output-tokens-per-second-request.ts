import type { RequestMetric } from '../model/metric.ts'
import { isCompleted } from './instants.ts'
import { outputTokens } from './token-counts.ts'

/** Output tokens per second as one client sees them. */
export const outputTokensPerSecondRequest: RequestMetric = {
  kind: 'request',
  id: 'output-tokens-per-second-request',
  title: 'Output tokens per second, one request',
  unit: 'tokens/s',
  better: 'higher',
  scope: 'request',
  formula:
    'Output tokens / end-to-end latency from `sent`, one value a completed request, all its prompts together: waiting for the first token is included, so it is less than 1 / `tpot`. Tools that call 1 / TPOT the speed of a user report more.',
  counts: ['output'],
  from: ['sent'],
  collect(record, _from, into) {
    const tokens = outputTokens(record)?.value
    if (!isCompleted(record) || tokens === undefined) return
    if (record.sentNs === undefined || record.endNs === undefined || record.endNs <= record.sentNs) return
    into.push(tokens / ((record.endNs - record.sentNs) / 1e9))
  },
}
