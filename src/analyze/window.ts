import { measuredPhase, measuredPhaseName } from '../metrics/measured-phase.ts'
import type { PhaseWindow } from '../model/metric.ts'
import type { RequestRecord } from '../model/record.ts'
import type { Run } from '../model/run.ts'

/** The extreme of the values that are there: `sign` 1 for the largest, −1 for the smallest. */
function extreme(values: readonly (number | undefined)[], sign: 1 | -1): number | undefined {
  let found: number | undefined
  for (const value of values) {
    if (value !== undefined && (found === undefined || sign * (value - found) > 0)) found = value
  }
  return found
}

/**
 * The measured window of a run: from the start of its phase (in a run that crashed: its first send, or first attempt) to the instant
 * its time was up, or to the end of its last record when a count, an interruption or a crash ended it.
 * `undefined` when the phase did nothing.
 */
export function measuredWindow(run: Run, records: readonly RequestRecord[]): PhaseWindow | undefined {
  const own = records.filter((record) => record.phase === measuredPhase)
  const planned = run.phases?.find((phase) => phase.name === measuredPhaseName)
  const startNs =
    planned?.startNs ??
    extreme(
      own.map((record) => record.sentNs),
      -1,
    ) ??
    extreme(
      own.map((record) => record.dispatchedNs),
      -1,
    ) ??
    extreme(
      own.map((record) => record.intendedNs),
      -1,
    )
  if (startNs === undefined) return undefined
  const lastNs =
    extreme(
      own.map((record) => record.endNs),
      1,
    ) ?? startNs
  const stopNs = planned?.stopNs
  // A run that ended early wrote down when its time would have been up.
  const endNs = stopNs === undefined ? lastNs : run.ended === 'completed' ? stopNs : Math.min(stopNs, lastNs)
  return { startNs, endNs: Math.max(startNs, endNs) }
}
