import type { TokenCount } from './record.ts'
import type { OutputMode, Sampling } from './workload.ts'
import type { CacheContract } from './workload-source.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
}

/** What any JSON object is. */
export type JsonObject = Readonly<Record<string, unknown>>

export type RequestInput =
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }
  /** Messages passed on as they are (images and other parts, calls of tools), with definitions of tools. */
  | {
      readonly kind: 'rich-chat'
      readonly messages: readonly JsonObject[]
      readonly tools?: readonly JsonObject[]
    }
  | { readonly kind: 'tokens'; readonly ids: readonly number[] }
  /** Several prompts in one request, texts or token ids; each gets `output.tokens` of its own. */
  | { readonly kind: 'batch'; readonly prompts: readonly (string | readonly number[])[] }
  /** A whole request body, sent byte for byte; `output` and `sampling` only say what it asks for. */
  | { readonly kind: 'body'; readonly text: string }

/** A request's place in a session: a small graph of turns, several of which may hang on one. */
export interface SessionTurn {
  /** Requests of one session share it. */
  readonly id: string
  /** Position in the session, from 0. */
  readonly turn: number
  /** `id`s of the requests whose replies must have ended before this one is sent; absent: it opens the session. */
  readonly after?: readonly number[]
  /** Wait between the last of those ends and the send. */
  readonly thinkMs?: number
  /**
   * Set: `input` holds the new messages alone. Before them go the messages of the turn `after[0]` as they were sent, then
   * its reply.
   */
  readonly history?: 'live'
}

/** What to ask, in nobody's dialect. Frozen as one JSON line per request; the body never depends on timing. */
export interface Request {
  /** Position in the frozen workload, from 0. */
  readonly id: number
  readonly input: RequestInput
  readonly output: { readonly tokens: number; readonly mode: OutputMode }
  readonly sampling: Sampling
  /** Length of the input as the workload's tokenizer counts it, or as its source states. */
  readonly inputTokens?: TokenCount
  readonly session?: SessionTurn
}

/** What a frozen workload promises about prefix caches, and what a server's counters should show. */
export interface CacheExpectation {
  readonly contract: CacheContract
  /** Share (0..1) of all prompt tokens that a cache without limit serves, first uses and blocks left aside. */
  readonly cachedShare: number
  /** Tokens of beginnings that differ: so much a cache must hold, and a warm-up must send once. */
  readonly prefixTokens: number
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
  /**
   * Of a trace: when each request arrives, whole ns after the first one (below 2^53), never falling. In shared memory.
   */
  readonly arrivalsNs?: Float64Array
  /** Hex SHA-256 of `arrivalsNs` as little-endian 64-bit integers; not part of `sha256`. */
  readonly arrivalsSha256?: string
  /**
   * Set when replies are fed back, so that what is sent depends on the server: the hash then covers the turns of the user
   * alone.
   */
  readonly replayable?: false
  /** Requests that wait for others of their session; absent: none. */
  readonly dependent?: number
  readonly cache?: CacheExpectation
}
