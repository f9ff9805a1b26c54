import type { RequestMetric } from '../model/metric.ts'
import { firstTokenNs, isCompleted, nsPerMs, startOf } from './instants.ts'

/** Time to first token. */
export const ttft: RequestMetric = {
  kind: 'request',
  id: 'ttft',
  title: 'Time to first token',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'First event that carries a token − start, of completed requests; of a request with several prompts the first event of any of them. A token is visible text, reasoning, a part of a tool call, or a token that shows no text yet; a chunk with a role only is none. From `sent` the clock starts right before the first byte of the request is written; from `intended` (open loops) when the schedule wanted it sent, so that lateness of the client counts too. Other tools start before the connection is made (AIPerf, GuideLLM) or skip chunks without visible text (vLLM, SGLang).',
  from: ['sent', 'intended'],
  collect(record, from, into) {
    const start = startOf(record, from)
    const first = firstTokenNs(record)
    if (isCompleted(record) && start !== undefined && first !== undefined)
      into.push((first - start) / nsPerMs)
  },
}
