/** One request as the server saw it; instants are ns since the clock's epoch. */
export interface TruthRequest {
  /** The client's `X-Request-Id`; absent when it sent none. */
  readonly requestId?: string
  /** The how-manieth accepted connection brought it, from 0. */
  readonly connection: number
  /** The how-manieth generation request of its connection it is, from 0; a reset does not begin anew. */
  readonly position: number
  /** The fault its path asked for and that it was given. */
  readonly fault?: string
  /** Right after the read that completed it. */
  readonly arrivalNs: number
  /** Right before the write of the reply's head; absent until then. */
  readonly headersNs?: number
  /** Per token event, right before the write that held its last byte; events of one write share it. */
  readonly eventNs: readonly number[]
  /** Tokens of each event; absent when every event has one. */
  readonly eventTokens?: readonly number[]
  /** Which answer of the request each event belongs to (prompt × answers to each); absent when all are the first's. */
  readonly eventPrompts?: readonly number[]
  /** Tokens in those events. */
  readonly tokens: number
  /** The reply came to the end the server meant it to have, before the client went away. */
  readonly complete: boolean
}

/** Everything the server wrote since it began or was reset. */
export interface Truth {
  /** CLOCK_MONOTONIC at the epoch of all instants, in ns. */
  readonly epochMonotonicNs: string
  /** In order of arrival. */
  readonly requests: readonly TruthRequest[]
  /** Events left out because the log was full (20 million). */
  readonly unlogged: number
}

/** How late events were written since the last reset, actual less due. The times are absent when nothing was written. */
export interface Lateness {
  readonly events: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly maxMs?: number
}

/** The index that an `X-Request-Id` of the form `<run>-<index>` states, if it does and uint32 can hold it. */
export function requestIndexOf(requestId: string | undefined): number | undefined {
  const [, digits] = /-(\d{1,10})$/.exec(requestId ?? '') ?? []
  const index = Number(digits)
  return digits === undefined || index >= 2 ** 32 ? undefined : index
}
