import type { RequestMetric } from '../model/metric.ts'
import { isCompleted, nsPerMs } from './instants.ts'
import { eachGap } from './prompt-events.ts'

/** Inter-token latency, of events. */
export const itl: RequestMetric = {
  kind: 'request',
  id: 'itl',
  title: 'Inter-token latency (between events)',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'Gap between each two consecutive token events of a completed request that answer the same prompt; the gaps of all requests are pooled. It is a gap between events, not tokens: an event that carries several tokens (speculative decoding, several steps in one chunk) ends one gap, which is not divided by its tokens: `itl-token` does that. Events that came in one read share a stamp: their gap is 0 and is included. Gaps of one request depend on each other; the intervals allow for that. Tools that report the mean of each request instead (AIPerf, GuideLLM) average stalls away; `tpot` is that view.',
  from: ['sent'],
  collect(record, _from, into) {
    if (!isCompleted(record)) return
    eachGap(record.events, (gapNs) => into.push(gapNs / nsPerMs))
  },
}
