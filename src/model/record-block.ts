/**
 * What a worker hands to the journal: rows in arrival order, in columns, at most a second old.
 * A NaN in `requests` stands for "absent" in this binary form only; readers turn it into `undefined` or NULL.
 */
export const requestColumns = [
  'index',
  'phase',
  'endpoint',
  'user',
  /** Position in `outcomeCodes`. */
  'outcome',
  /** Position in `errorKinds` (failed) or `cancelReasons` (cancelled). */
  'reason',
  'status',
  'intendedNs',
  'dispatchedNs',
  'connectedNs',
  'sentNs',
  'writtenNs',
  'headersNs',
  'firstByteNs',
  'endNs',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'reasoningTokens',
  'retryAfterS',
  /** Bytes of the response body, framing excluded. */
  'bodyBytes',
] as const
export type RequestColumn = (typeof requestColumns)[number]

/** `inFlight` rows announce a request that has not ended when its block is written; a later row replaces it. */
export const outcomeCodes = ['inFlight', 'completed', 'failed', 'cancelled', 'dropped'] as const

/** The strings of a request row, as JSON. */
export interface RequestDetail {
  readonly finishReason?: string
  /** By prompt, instead of `finishReason`, of a request with several; null for one that gave none. */
  readonly finishReasons?: readonly (string | null)[]
  readonly message?: string
  /** The id the server gave the reply. */
  readonly serverId?: string
  /** Base64 of the raw body (capture: raw), cut at 64 KiB. */
  readonly raw?: string
}

export interface RecordBlock {
  readonly worker: number
  readonly events: {
    readonly count: number
    /** `index` of the request. */
    readonly request: Uint32Array
    readonly atNs: Float64Array
    readonly tokens: Uint16Array
    readonly flags: Uint8Array
    /** Which of the request's prompts the event answers. */
    readonly prompt: Uint16Array
    /** Bytes of UTF-8 text this event added to `text` (0 when nothing is captured). */
    readonly textBytes: Uint32Array
  }
  /** UTF-8 text of the events, one after the other. */
  readonly text: Uint8Array
  readonly requests: {
    readonly count: number
    /** Row-major, `requestColumns.length` numbers a row. */
    readonly rows: Float64Array
    /** One JSON `RequestDetail` (or '') a row. */
    readonly details: readonly string[]
  }
}

/** Where blocks go. Rejects when they cannot be kept (a full disk); the caller then ends the run. */
export interface BlockSink {
  /** All of them or none. The blocks' arrays may be reused once the promise settles. */
  append(blocks: readonly RecordBlock[]): Promise<void>
  close(): Promise<void>
}
