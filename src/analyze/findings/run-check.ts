import { isCompleted } from '../../metrics/instants.ts'
import { measuredPhase } from '../../metrics/measured-phase.ts'
import type { Finding } from '../../model/finding.ts'
import type { RequestRecord } from '../../model/record.ts'
import type { Run } from '../../model/run.ts'
import type { RunData } from '../../model/run-data.ts'

/** What the checks of a run look at. */
interface RunView {
  readonly run: Run
  /** Every record, the warm-up's included. */
  readonly records: readonly RequestRecord[]
  /** Records of the measured phase. */
  readonly measured: readonly RequestRecord[]
  /** Completed ones of the measured phase. */
  readonly completed: readonly RequestRecord[]
}

/** Looks for one kind of doubt in one run. */
export type RunCheck = (view: RunView) => Omit<Finding, 'run'> | undefined

/** Prepares a run for its checks. */
export function viewOf({ run, records }: RunData): RunView {
  const measured = records.filter((record) => record.phase === measuredPhase)
  return { run, records, measured, completed: measured.filter(isCompleted) }
}

/** "3 of 200 (1.5 %)". */
export function outOf(part: number, whole: number): string {
  return `${part} of ${whole} (${percent(part / whole)})`
}

/** A share with two significant digits: "1.5 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

/** Milliseconds with three significant digits: "1.25 ms". */
export function milliseconds(ms: number): string {
  return `${Number(ms.toPrecision(3))} ms`
}
