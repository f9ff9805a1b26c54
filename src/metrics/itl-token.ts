import type { RequestMetric } from '../model/metric.ts'
import { isCompleted, nsPerMs } from './instants.ts'
import { eachTokenGap } from './prompt-events.ts'
import { eventTokens, eventTokensAddUp } from './token-counts.ts'

/** More tokens an event than this on average: the reply came in pieces that say nothing of single tokens. */
const mostTokensAnEvent = 256

/** Inter-token latency, of tokens. */
export const itlToken: RequestMetric = {
  kind: 'request',
  id: 'itl-token',
  title: 'Inter-token latency (between tokens)',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'As `itl`, but each gap is divided evenly among the tokens of the event that ends it: an event of k tokens gives k values of gap / k. The tokens of a first event ended no gap and give none. Nobody can see when the tokens of one event were made. Dividing shows the pace of a stream and hides its bursts; `itl` shows the bursts. Other tools give the gap once and k − 1 zeros, which pulls the median to 0, or the whole gap to every event, as `itl` does; SGLang’s own histogram divides as here. Only requests whose events’ tokens add up to their output tokens have values (one less is allowed to each reply that no length limit ended: the token that ends a reply often has no event), and none that carry more than 256 tokens an event on average. Without a count to hold them against, events that all carry 1 are not taken for tokens.',
  counts: ['output'],
  from: ['sent'],
  collect(record, _from, into) {
    if (!isCompleted(record) || !eventTokensAddUp(record)) return
    if (eventTokens(record) > mostTokensAnEvent * record.events.atNs.length) return
    eachTokenGap(record.events, (gapNs, tokens) => {
      const ms = gapNs / nsPerMs / tokens
      for (let k = 0; k < tokens; k++) into.push(ms)
    })
  },
}
