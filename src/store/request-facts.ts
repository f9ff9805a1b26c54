import type { blobValue, listValue } from '@duckdb/node-api'
import type { TokenCount } from '../model/record.ts'
import type { RequestDetail } from '../model/record-block.ts'
import type { TransportName } from '../model/target.ts'
import { textOf } from './captured-text.ts'
import type { InputTokens } from './convert-lines.ts'
import type { Batch } from './gather.ts'
import { textLimit } from './journal-survey.ts'
import { numberOf, type RequestFacts } from './request-row.ts'

/** What requests have in common, or what finds out more about them. */
export interface FactSources {
  readonly runId: string
  readonly transport: TransportName
  readonly inputTokens: InputTokens
  /** Counts the tokens of a whole captured text. */
  readonly countTokens: ((text: string) => number) | undefined
  readonly makeBlob: typeof blobValue
  readonly makeList: typeof listValue
}

/** Everything known about request number `k` of a batch, whose row is `row`. */
export function factsOf(batch: Batch, k: number, row: Float64Array, sources: FactSources): RequestFacts {
  const bytes = batch.text.subarray(batch.textStart[k], batch.textStart[k + 1])
  const textCut = bytes.length >= textLimit
  const text = bytes.length === 0 ? undefined : textOf(bytes, textCut)
  const detailText = batch.details[k]
  const detail = (detailText ? JSON.parse(detailText) : {}) as RequestDetail
  return {
    runId: sources.runId,
    transport: sources.transport,
    worker: batch.worker[k] ?? 0,
    row,
    detail,
    inputTokens: inputTokens(row, sources.inputTokens),
    outputTokens: outputTokens(batch, k, row, textCut ? [] : textByPrompt(batch, k), sources.countTokens),
    text,
    textCut,
    raw: detail.raw === undefined ? undefined : sources.makeBlob(Buffer.from(detail.raw, 'base64')),
    finishReasons: detail.finishReasons && sources.makeList([...detail.finishReasons]),
  }
}

function inputTokens(row: Float64Array, ofWorkload: InputTokens): TokenCount | undefined {
  const value = numberOf(row, 'inputTokens')
  if (value !== undefined) return { value, source: 'usage' }
  // What was never sent has no input.
  const wasSent = numberOf(row, 'sentNs') !== undefined
  return wasSent ? ofWorkload(numberOf(row, 'index') ?? 0) : undefined
}

function outputTokens(
  batch: Batch,
  k: number,
  row: Float64Array,
  wholeTexts: readonly string[],
  countTokens: ((text: string) => number) | undefined,
): TokenCount | undefined {
  const usage = numberOf(row, 'outputTokens')
  if (usage !== undefined) return { value: usage, source: 'usage' }
  const start = batch.eventStart[k] ?? 0
  const end = batch.eventStart[k + 1] ?? 0
  if (end === start) return undefined
  if (countTokens !== undefined && wholeTexts.length > 0) {
    const value = wholeTexts.reduce((sum, text) => sum + countTokens(text), 0)
    return { value, source: 'tokenizer' }
  }
  let value = 0
  for (let i = start; i < end; i++) value += batch.tokens[i] ?? 0
  return { value, source: 'events' }
}

/** The captured texts of request number `k`, one for each prompt that has any: replies to several come in turns. */
function textByPrompt(batch: Batch, k: number): string[] {
  const start = batch.textStart[k] ?? 0
  const parts = new Map<number, Uint8Array[]>()
  let from = start
  for (let i = batch.eventStart[k] ?? 0; i < (batch.eventStart[k + 1] ?? 0); i++) {
    const to = start + (batch.textEnd[i] ?? 0)
    if (to === from) continue
    const prompt = batch.prompt[i] ?? 0
    const own = parts.get(prompt) ?? []
    own.push(batch.text.subarray(from, to))
    parts.set(prompt, own)
    from = to
  }
  return [...parts.values()].map((pieces) => textOf(Buffer.concat(pieces), false))
}
