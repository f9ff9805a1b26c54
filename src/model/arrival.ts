/** One planned send of an open loop. */
export interface Arrival {
  /** Position in the run, from 0 with the warm-up included; request `index % workload.count` is sent. */
  readonly index: number
  /** Index into `phases`. */
  readonly phase: number
  /** Nanoseconds after the load's start. */
  readonly offsetNs: number
}
