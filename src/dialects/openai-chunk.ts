import { eventFlags } from '../model/record.ts'

/** One choice of an OpenAI reply or chunk, chat and completions, as far as Assay reads it. */
export interface Choice {
  readonly index?: unknown
  readonly text?: unknown
  readonly delta?: Delta | null
  readonly message?: Delta | null
  readonly finish_reason?: unknown
  readonly token_ids?: unknown
}

/** What a choice adds, or a whole message. */
export interface Delta {
  readonly role?: unknown
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly refusal?: unknown
  readonly tool_calls?: unknown
}

/** One event of a stream, or a whole reply. */
export interface Chunk {
  readonly id?: unknown
  /** Where the token endpoint of vLLM has its id. */
  readonly request_id?: unknown
  readonly choices?: unknown
  readonly usage?: unknown
  readonly timings?: unknown
  readonly prompt_progress?: unknown
  readonly error?: unknown
  readonly object?: unknown
  readonly message?: unknown
}

/** A piece of an answer. */
export type Part = readonly [flags: number, text: string]

/** What a choice says, in the order in which models say it. */
export function partsOf(choice: Choice, delta: Delta | undefined): Part[] {
  const parts: Part[] = []
  if (typeof choice.text === 'string') parts.push([eventFlags.content, choice.text])
  if (delta === undefined) return parts
  const { reasoning_content, reasoning, content, refusal, tool_calls } = delta
  if (typeof reasoning_content === 'string') parts.push([eventFlags.reasoning, reasoning_content])
  else if (typeof reasoning === 'string') parts.push([eventFlags.reasoning, reasoning])
  if (typeof content === 'string') parts.push([eventFlags.content, content])
  if (typeof refusal === 'string') parts.push([eventFlags.content, refusal])
  if (Array.isArray(tool_calls) && tool_calls.length > 0) {
    parts.push([eventFlags.tool, JSON.stringify(tool_calls)])
  }
  return parts
}
