/**
 * How one load worker did over about one second. Absent: it cannot be read here, or there was nothing to read.
 * Facts of the whole host stand in the rows of worker 0 alone.
 */
export interface HealthRow {
  readonly worker: number
  /** End of the second, ns since the run's epoch. */
  readonly atNs: number
  /** Length of the second. */
  readonly seconds: number
  /** Delay of the event loop beyond the sampling timer's own period. */
  readonly loopDelayP50Ms?: number
  readonly loopDelayP99Ms?: number
  readonly loopDelayMaxMs?: number
  /** Garbage collection of this thread, by kind. */
  readonly gcMinorMs: number
  readonly gcMajorMs: number
  readonly gcIncrementalMs: number
  readonly gcWeakCallbackMs: number
  /** The longest single pause. */
  readonly gcMaxMs: number
  /** CPU time of the thread (`/proc/thread-self/schedstat`). */
  readonly cpuMs?: number
  /** Time in turns of the event loop that only looked at the clock. */
  readonly pollingMs: number
  /** CPU time less polling: turns that read, sent or wrote. */
  readonly usefulCpuMs?: number
  /** Time the thread was ready to run and had no core. */
  readonly runQueueMs?: number
  /** Requests sent in this second. */
  readonly dispatches: number
  /** Dispatch later than intended; open loops only. */
  readonly latenessP50Ms?: number
  readonly latenessP99Ms?: number
  readonly latenessMaxMs?: number
  readonly events: number
  /** Events that shared a read with the one before of their request. */
  readonly coalesced: number
  readonly inFlight: number
  /** Connections open at the end of the second. */
  readonly sockets: number
  /** Connections made in the second. */
  readonly connects: number
  /** Host: CPU time that the hypervisor gave to others, summed over cores. */
  readonly stealMs?: number
  /** Host: CPU time used by anyone, summed over cores. */
  readonly hostCpuMs?: number
  /** This process with all its threads. */
  readonly processCpuMs?: number
  readonly rssBytes?: number
  /** Time in which the cgroup's quota kept this process from running. */
  readonly throttledMs?: number
  /** Host: SYN segments sent again. */
  readonly synRetransmits?: number
  /** Host: connections refused by a full accept queue. */
  readonly listenOverflows?: number
}
