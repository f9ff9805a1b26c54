import type { RequestRecord, TokenCount, TokenSource } from '../model/record.ts'

/** Tokens the events of a request carry by their own account. */
export function eventTokens(record: RequestRecord): number {
  let sum = 0
  for (const tokens of record.events.tokens) sum += tokens
  return sum
}

/** The reply's length: as counted by the server or a tokenizer, else what its events carry; never a guess. */
export function outputTokens(record: RequestRecord): TokenCount | undefined {
  if (record.outputTokens !== undefined) return record.outputTokens
  return record.events.atNs.length === 0 ? undefined : { value: eventTokens(record), source: 'events' }
}

/** A finish reason that says a limit ended the reply, in the words of any server. */
const limitReason = /length|limit|max[_ -]?(output_|new_)?tokens/i

/** Replies of a completed request that may have ended with a token of their own, which often has no event. */
function openEnds({ events, outcome }: RequestRecord): number {
  if (outcome.kind !== 'completed') return 0
  const { finishReason, finishReasons } = outcome
  let last = 0
  for (const prompt of events.prompt ?? []) last = Math.max(last, prompt)
  const reasons = finishReasons ?? [finishReason]
  let open = 0
  for (let prompt = 0; prompt < Math.max(last + 1, reasons.length); prompt++) {
    if (!limitReason.test(reasons[prompt] ?? '')) open++
  }
  return open
}

/**
 * Whether the tokens that a request's events carry are all of its output tokens, so that each event's are known. One
 * less is allowed to each reply that no limit ended. Counts that come from the events themselves are believed where
 * they say more than "one each".
 */
export function eventTokensAddUp(record: RequestRecord): boolean {
  const { outputTokens: count, events } = record
  if (count === undefined || count.source === 'events') return events.tokens.some((tokens) => tokens !== 1)
  const missing = count.value - eventTokens(record)
  return missing === 0 || (missing > 0 && missing <= openEnds(record))
}

/** Where the counts of these records come from: one source, `mixed`, or `undefined` when nobody counted. */
export function sourceOfCounts(
  records: readonly RequestRecord[],
  counts: readonly ('input' | 'output')[],
): TokenSource | 'mixed' | undefined {
  let source: TokenSource | undefined
  for (const record of records) {
    for (const kind of counts) {
      const found = kind === 'input' ? record.inputTokens : outputTokens(record)
      if (found === undefined) continue
      if (source !== undefined && source !== found.source) return 'mixed'
      source = found.source
    }
  }
  return source
}
