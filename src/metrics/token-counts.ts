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
