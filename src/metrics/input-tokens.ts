import type { RequestMetric } from '../model/metric.ts'
import { isCompleted } from './instants.ts'

/** Length of the input. */
export const inputTokens: RequestMetric = {
  kind: 'request',
  id: 'input-tokens',
  title: 'Input tokens of a request',
  unit: 'tokens',
  better: 'neither',
  scope: 'request',
  formula:
    'Tokens of the prompt of a completed request, as the server counts them (its chat template included), else as the workload’s tokenizer does.',
  counts: ['input'],
  from: ['sent'],
  collect(record, _from, into) {
    if (isCompleted(record) && record.inputTokens !== undefined) into.push(record.inputTokens.value)
  },
}
