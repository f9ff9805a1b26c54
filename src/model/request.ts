import type { TokenCount } from './record.ts'
import type { OutputMode, Sampling } from './workload.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
}

export type RequestInput =
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'tokens'; readonly ids: readonly number[] }
  /** Several prompts in one request, texts or token ids; each gets `output.tokens` of its own. */
  | { readonly kind: 'batch'; readonly prompts: readonly (string | readonly number[])[] }

/** What to ask, in nobody's dialect. Frozen as one JSON line per request; the body never depends on timing. */
export interface Request {
  /** Position in the frozen workload, from 0. */
  readonly id: number
  readonly input: RequestInput
  readonly output: { readonly tokens: number; readonly mode: OutputMode }
  readonly sampling: Sampling
  /** Length of the input as the workload's tokenizer counts it, or as its source states. */
  readonly inputTokens?: TokenCount
}

/** A frozen workload: NDJSON bytes of `Request` in shared memory, and their SHA-256. */
export interface FrozenWorkload {
  readonly name: string
  readonly bytes: Uint8Array
  /** Byte offset of each line, plus one past the end: length is count + 1. */
  readonly offsets: Uint32Array
  readonly count: number
  /** Hex SHA-256 of `bytes`. */
  readonly sha256: string
  /** Position of the first request of each kind of input: whether a dialect can send them all shows on these. */
  readonly firstOfKind: readonly number[]
  /** What a reader of results must know: "lengths are approximate" … */
  readonly notices: readonly string[]
}
