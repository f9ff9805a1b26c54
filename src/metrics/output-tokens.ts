import type { RequestMetric } from '../model/metric.ts'
import { isCompleted } from './instants.ts'
import { outputTokens as countOf } from './token-counts.ts'

/** Length of the reply. */
export const outputTokens: RequestMetric = {
  kind: 'request',
  id: 'output-tokens',
  title: 'Output tokens of a request',
  unit: 'tokens',
  better: 'neither',
  scope: 'request',
  formula:
    'Tokens of the reply of a completed request, of all its prompts together, reasoning included: the server’s count, else that of its token ids, else a tokenizer’s over the text, else what the events carry (source `events`: 1 each unless an event says more).',
  counts: ['output'],
  from: ['sent'],
  collect(record, _from, into) {
    const count = countOf(record)
    if (isCompleted(record) && count !== undefined) into.push(count.value)
  },
}
