import type { RequestMetric } from '../model/metric.ts'
import type { RequestRecord, TokenCount } from '../model/record.ts'
import { isCompleted, nsPerMs } from './instants.ts'
import { byPrompt } from './prompt-events.ts'
import { eventTokensAddUp, outputTokens } from './token-counts.ts'

/** The replies of a request to its prompts: when their tokens came, and how many there are. */
function replies(record: RequestRecord, { value: tokens, source }: TokenCount) {
  const own = byPrompt(record.events)
  if (own.length < 2) return own.map((reply) => ({ ...reply, tokens }))
  // The server counts all prompts together: a single one's tokens are known when its events tell them.
  return source === 'events' || eventTokensAddUp(record) ? own : []
}

/** Time per output token after the first. */
export const tpot: RequestMetric = {
  kind: 'request',
  id: 'tpot',
  title: 'Time per output token, after the first',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    '(last token event − first token event) / (output tokens − 1), one value a completed request. A request with several prompts has one for each of them, if its events’ tokens add up to its output tokens, since servers count all prompts together. It needs at least 2 output tokens and 2 events: a reply that came in one piece has no pace. The count is the server’s or a tokenizer’s where there is one; results say which. vLLM, SGLang and inference-perf divide alike (the last up to the end of the stream); tools that divide the whole latency by all tokens report more.',
  counts: ['output'],
  from: ['sent'],
  collect(record, _from, into) {
    const count = outputTokens(record)
    if (!isCompleted(record) || count === undefined) return
    for (const reply of replies(record, count)) {
      if (reply.tokens < 2 || reply.events < 2) continue
      into.push((reply.lastNs - reply.firstNs) / nsPerMs / (reply.tokens - 1))
    }
  },
}
