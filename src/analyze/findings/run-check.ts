import { isCompleted } from '../../metrics/instants.ts'
import { measuredPhase } from '../../metrics/measured-phase.ts'
import type { Calibration } from '../../model/calibration.ts'
import type { Finding } from '../../model/finding.ts'
import type { HealthRow } from '../../model/health.ts'
import type { RequestRecord } from '../../model/record.ts'
import type { Run } from '../../model/run.ts'
import type { RunData } from '../../model/run-data.ts'
import { type HealthView, healthOf } from '../health/health-view.ts'
import { touchedByUnhealthy } from '../health/touched.ts'

/** What the checks of a run look at. */
export interface RunView {
  readonly run: Run
  /** Every record, the warm-up's included. */
  readonly records: readonly RequestRecord[]
  /** Records of the measured phase. */
  readonly measured: readonly RequestRecord[]
  /** Completed ones of the measured phase. */
  readonly completed: readonly RequestRecord[]
  /** The load threads in the measured phase. */
  readonly health: HealthView
  /** Every health row, the warm-up's included. */
  readonly healthRows: readonly HealthRow[]
  readonly calibration: Calibration | undefined
  /** Records that an unhealthy second of the client touched. */
  readonly touched: ReadonlySet<RequestRecord>
}

/** Looks for one kind of doubt in one run. */
export type RunCheck = (view: RunView) => Omit<Finding, 'run'> | undefined

/** Prepares a run for its checks. */
export function viewOf(data: RunData): RunView {
  const { run, records, health, calibration } = data
  const measured = records.filter((record) => record.phase === measuredPhase)
  return {
    run,
    records,
    measured,
    completed: measured.filter(isCompleted),
    health: healthOf(data),
    healthRows: health,
    calibration,
    get touched() {
      return touchedByUnhealthy(data)
    },
  }
}

/** "3 of 200 (1.5 %)". */
export function outOf(part: number, whole: number): string {
  return whole === 0 ? `${part} of 0` : `${part} of ${whole} (${percent(part / whole)})`
}

/** A share with two significant digits: "1.5 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

/** Milliseconds with three significant digits: "1.25 ms". */
export function milliseconds(ms: number): string {
  return `${Number(ms.toPrecision(3))} ms`
}
