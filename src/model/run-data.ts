import type { Calibration } from './calibration.ts'
import type { HealthRow } from './health.ts'
import type { RequestRecord } from './record.ts'
import type { Run } from './run.ts'
import type { Sample } from './sample.ts'
import type { CounterGrowth } from './server-kind.ts'

/** A run as analysis sees it, whole. */
export interface RunData {
  readonly run: Run
  /** Folder, relative to the report's. */
  readonly folder: string
  /** By `index`. */
  readonly records: readonly RequestRecord[]
  readonly samples: readonly Sample[]
  /** By worker and second; empty when nothing was watched. */
  readonly health: readonly HealthRow[]
  /** What the client's own error was found to be; absent when the run was not calibrated. */
  readonly calibration?: Calibration
  /** What the server's own counters say of the run, the warm-up included; absent when it has no metrics page. */
  readonly server?: CounterGrowth
}
