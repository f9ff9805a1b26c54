/** The stamp on a run: how far its own numbers can be trusted. */
export interface Verdict {
  readonly run: string
  readonly verdict: 'trusted' | 'degraded' | 'client-bound'
  readonly reasons: readonly string[]
}
