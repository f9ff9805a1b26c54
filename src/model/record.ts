import type { OutputMode } from './workload.ts'

/** Where a token count comes from, best first. */
export const tokenSources = ['usage', 'token-ids', 'tokenizer', 'events', 'approximate'] as const
export type TokenSource = (typeof tokenSources)[number]

export interface TokenCount {
  readonly value: number
  readonly source: TokenSource
}

/** Why a request failed. Append only: journals store the position. */
export const errorKinds = [
  'connect',
  'dns',
  'tls',
  'http-status',
  'redirect',
  'stale-connection',
  'reset',
  'truncated',
  'stream-error',
  'malformed',
  'protocol',
  'empty',
  'timeout',
  'too-large',
  'grpc-status',
] as const
export type ErrorKind = (typeof errorKinds)[number]

/** Who ended a request that was neither answered nor failed. Append only. */
export const cancelReasons = ['user', 'drain', 'safety-stop', 'crash'] as const
export type CancelReason = (typeof cancelReasons)[number]

export type Outcome =
  | {
      readonly kind: 'completed'
      readonly finishReason?: string
      /** By prompt, of a request with several; `undefined` for one that gave none. */
      readonly finishReasons?: readonly (string | undefined)[]
    }
  | {
      readonly kind: 'failed'
      readonly error: ErrorKind
      readonly message: string
      readonly retryAfterS?: number
    }
  | { readonly kind: 'cancelled'; readonly by: CancelReason }
  | { readonly kind: 'dropped' }

/** Bits of an event's `flags`. */
export const eventFlags = {
  content: 1,
  reasoning: 2,
  tool: 4,
  /** A token without text (partial UTF-8, stop-string hold-back). */
  empty: 8,
  /** Came in the same read as the request's previous event: shares its stamp. */
  coalesced: 16,
} as const

/** A request's token events, oldest first; arrays of equal length. */
export interface EventColumns {
  /** Instants in ns since the run's epoch. */
  readonly atNs: Float64Array
  /** Tokens the event carries as far as it says so itself (1 when it does not). */
  readonly tokens: Uint16Array
  readonly flags: Uint8Array
  /** Which of the request's prompts each event answers, from 0; absent: all of them the first. */
  readonly prompt?: Uint16Array
}

/** What the workload asked a reply to be. */
export interface AskedOutput {
  /** Answers to the request: its prompts × the answers to each. */
  readonly answers: number
  /** Of all answers together. */
  readonly tokens: number
  readonly mode: OutputMode
  /** Length of all its prompts together, when a tokenizer or the source told it. */
  readonly inputTokens?: number
}

/** One request's story as instants (ns since the run's epoch). Every number in a report derives from it. */
export interface RequestRecord {
  /** Position in the run, from 0 with the warm-up included. */
  readonly index: number
  /** Index into `phases`. */
  readonly phase: number
  /** Index into the target's URLs. */
  readonly endpoint: number
  readonly worker: number
  readonly user?: number
  /** Open loop only: when the schedule wanted it sent. */
  readonly intendedNs?: number
  /** When the load engine took it up. */
  readonly dispatchedNs?: number
  /** When its own new socket was connected; absent on a reused socket. */
  readonly connectedNs?: number
  /** Right before the write of its first byte. */
  readonly sentNs?: number
  /** When the kernel had taken its last byte. */
  readonly writtenNs?: number
  /** The read that completed the response head. */
  readonly headersNs?: number
  /** The read that brought the first byte of the body. */
  readonly firstByteNs?: number
  readonly endNs?: number
  /** HTTP status. */
  readonly status?: number
  readonly outcome: Outcome
  readonly inputTokens?: TokenCount
  readonly outputTokens?: TokenCount
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
  /** Absent when the frozen workload is not at hand. */
  readonly asked?: AskedOutput
  readonly events: EventColumns
}
