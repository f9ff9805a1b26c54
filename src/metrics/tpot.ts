import type { RequestMetric } from '../model/metric.ts'
import { firstTokenNs, isCompleted, lastTokenNs, nsPerMs } from './instants.ts'
import { outputTokens } from './token-counts.ts'

/** Time per output token after the first. */
export const tpot: RequestMetric = {
  kind: 'request',
  id: 'tpot',
  title: 'Time per output token, after the first',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    '(last token event − first token event) / (output tokens − 1), one value a completed request. It needs at least 2 output tokens and 2 events: a reply that came in one piece has no pace. The count is the server’s or a tokenizer’s where there is one; results say which. vLLM, SGLang and inference-perf divide alike (the last up to the end of the stream); tools that divide the whole latency by all tokens report more.',
  counts: ['output'],
  from: ['sent'],
  collect(record, _from, into) {
    const tokens = outputTokens(record)?.value
    const first = firstTokenNs(record)
    const last = lastTokenNs(record)
    if (!isCompleted(record) || tokens === undefined || first === undefined || last === undefined) return
    if (tokens >= 2 && record.events.atNs.length >= 2) into.push((last - first) / nsPerMs / (tokens - 1))
  },
}
