/** How requests are sent. Open loops follow a schedule; closed loops wait for replies. */
export type Pacing =
  /** N requests in flight at any time; a free slot takes the next request of a shared counter. */
  | { readonly kind: 'concurrency'; readonly concurrency: number }
  /** N users; user k starts at k × rampS / N and sends requests k, k+N, k+2N … one after the other. */
  | { readonly kind: 'users'; readonly users: number; readonly rampS: number }
  | { readonly kind: 'poisson' | 'constant'; readonly ratePerSecond: number }
  /** All at one instant. */
  | { readonly kind: 'burst'; readonly burst: number }

/** Where a phase ends: whichever is reached first. Counts are requests, times run from the phase's first send. */
export interface PhaseLimit {
  readonly requests?: number
  readonly durationS?: number
}

export interface Load {
  readonly name: string
  readonly pacing: Pacing
  /** The measured phase. */
  readonly until: PhaseLimit
  /** Requests or seconds before the measured phase, under the same pacing; both absent: none. */
  readonly warmup: PhaseLimit
  /** How long requests in flight may go on after the last send before they are cancelled. */
  readonly drainS: number
  /** Open loops drop arrivals (and count them) while this many are in flight, per worker. */
  readonly maxInFlight: number
}

/** Index into this list is a record's `phase`. The drain belongs to the phase whose requests it ends. */
export const phases = ['warmup', 'measure'] as const
export type PhaseName = (typeof phases)[number]

/** True when the schedule does not wait for replies. */
export function isOpen(pacing: Pacing): boolean {
  switch (pacing.kind) {
    case 'poisson':
    case 'constant':
    case 'burst':
      return true
    case 'concurrency':
    case 'users':
      return false
    default:
      return pacing satisfies never
  }
}
