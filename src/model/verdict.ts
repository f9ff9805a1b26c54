/** The stamp on a run: how far its own numbers can be trusted. */
export interface Verdict {
  readonly run: string
  readonly verdict: 'trusted' | 'degraded' | 'client-bound'
  /** Why, in sentences; the worst first. */
  readonly reasons: readonly string[]
  /** The client's own error under this run's load, as calibrated; absent when it was not. */
  readonly error?: {
    /** Mean of reported TTFT less the server's. */
    readonly ttftBiasMs?: number
    readonly ttftP99Ms?: number
    /** Of the stamps of all events. */
    readonly eventP99Ms?: number
  }
  /** Share (0..1) of the load threads' time in the measured phase that was useful CPU; absent where it cannot be read. */
  readonly usefulCpuShare?: number
  /**
   * What an unhealthy client touched: measured requests under way in an unhealthy second of their own load thread, and
   * those seconds, added up over threads.
   */
  readonly affected: { readonly requests: number; readonly seconds: number }
}
