/** What a load thread did since the reading before. Absent: it cannot be read here. */
export interface ThreadReading {
  /** Delay of the event loop beyond the period of the timer that samples it. */
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
  /** Time the thread was ready to run and had no core. */
  readonly runQueueMs?: number
}

/** What the host and this process did since the reading before. Absent: it cannot be read here. */
export interface HostReading {
  /** CPU time that the hypervisor gave to others, summed over cores. */
  readonly stealMs?: number
  /** CPU time used by anyone, summed over cores. */
  readonly hostCpuMs?: number
  /** CPU time of this process with all its threads. */
  readonly processCpuMs?: number
  /** Resident memory of this process. */
  readonly rssBytes?: number
  /** Time in which the cgroup's quota kept this process from running. */
  readonly throttledMs?: number
  /** SYN segments sent again. */
  readonly synRetransmits?: number
  /** Connections that a full accept queue on this host refused. */
  readonly listenOverflows?: number
}

/** How one load worker did over about one second. Facts of the host stand in the rows of worker 0 alone. */
export interface HealthRow extends ThreadReading, HostReading {
  readonly worker: number
  /** End of the second, ns since the run's epoch. */
  readonly atNs: number
  /** Length of the second. */
  readonly seconds: number
  /** Time in turns of the event loop that only looked at the clock. */
  readonly pollingMs: number
  /** CPU time less polling: turns that read, sent or wrote. */
  readonly usefulCpuMs?: number
  /** Requests sent in this second. */
  readonly dispatches: number
  /** Dispatch later than intended; absent when no request had an intended instant. */
  readonly latenessP50Ms?: number
  readonly latenessP99Ms?: number
  readonly latenessMaxMs?: number
  readonly events: number
  /** Events that shared a read with the one before of their request. */
  readonly coalesced: number
  /** Requests in flight at the end of the second. */
  readonly inFlight: number
  /** Connections open at the end of the second. */
  readonly sockets: number
  /** Connections made in the second. */
  readonly connects: number
}

/** Something that is read once a second. */
export interface Watch<T> {
  /** Everything since the last read, or since it was made. */
  read(): T
  close(): void
}

/** Where health rows go while a run lasts. */
export interface HealthSink {
  append(rows: readonly HealthRow[]): Promise<void>
  close(): Promise<void>
}
