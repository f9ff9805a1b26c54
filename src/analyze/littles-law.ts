import { nsPerMs } from '../metrics/instants.ts'
import type { Finding } from '../model/finding.ts'
import type { HealthRow } from '../model/health.ts'
import type { PhaseWindow } from '../model/metric.ts'
import type { RequestRecord } from '../model/record.ts'
import type { LittlesLaw } from '../model/report.ts'
import { significant } from '../model/significant.ts'
import { countAtMost, sortSamples } from '../stats/samples.ts'
import type { MeasuredRun } from './measure.ts'

const nsPerS = 1e9

/**
 * The client's count and the records may differ by this share, or by `toleratedRequests` where that is more. One thread
 * makes both and both are read at the same instants, so that the error of reading only once a second is in neither.
 * What is left are requests that are between the stamp of their end and the turn of the event loop that counts them
 * out, which is short beside the time of a request.
 */
const toleratedShare = 0.01
const toleratedRequests = 0.5

/** How many requests of some records are in flight at an instant; one without an end is until the last. */
function makeInFlightAt(records: readonly RequestRecord[]): (atNs: number) => number {
  const begun = records.flatMap(({ dispatchedNs }) => dispatchedNs ?? [])
  const over = records.flatMap(({ dispatchedNs, endNs }) => (dispatchedNs === undefined ? [] : (endNs ?? [])))
  const begins = sortSamples(Float64Array.from(begun))
  const ends = sortSamples(Float64Array.from(over))
  return (atNs) =>
    (begins === undefined ? 0 : countAtMost(begins, atNs)) -
    (ends === undefined ? 0 : countAtMost(ends, atNs))
}

/** Means of the client's readings inside the window, workers added up; `undefined` without a reading. */
function countedOf(
  health: readonly HealthRow[],
  records: readonly RequestRecord[],
  { startNs, endNs }: PhaseWindow,
): LittlesLaw['counted'] {
  const readings = health.filter(({ atNs }) => atNs >= startNs && atNs <= endNs)
  if (readings.length === 0) return undefined
  let inFlight = 0
  let byRecords = 0
  for (const worker of new Set(readings.map((row) => row.worker))) {
    const own = readings.filter((row) => row.worker === worker)
    const inFlightAt = makeInFlightAt(records.filter((record) => record.worker === worker))
    inFlight += own.reduce((sum, row) => sum + row.inFlight, 0) / own.length
    byRecords += own.reduce((sum, row) => sum + inFlightAt(row.atNs), 0) / own.length
  }
  const tolerance = Math.max(toleratedRequests, toleratedShare * inFlight)
  return { readings: readings.length, inFlight, byRecords, tolerance }
}

/**
 * Holds a run's records against Little's law and against the client's own count of requests in flight. Every request
 * that was taken up counts, whatever became of it; one that never ended counts up to the end of the window. Nothing
 * when no request was taken up inside the window, or the window has no length.
 */
export function littlesLawOf({ data, window }: MeasuredRun): LittlesLaw[] {
  if (window === undefined || window.endNs <= window.startNs) return []
  const { startNs, endNs } = window
  const spanNs = endNs - startNs
  let arrivals = 0
  let wholeNs = 0
  let insideNs = 0
  let inNs = 0
  let outNs = 0
  for (const { dispatchedNs, endNs: recordEndNs } of data.records) {
    if (dispatchedNs === undefined || dispatchedNs > endNs) continue
    const overNs = Math.max(recordEndNs ?? endNs, dispatchedNs)
    const clippedNs = Math.max(0, Math.min(overNs, endNs) - Math.max(dispatchedNs, startNs))
    insideNs += clippedNs
    if (dispatchedNs < startNs) inNs += clippedNs
    else {
      arrivals++
      wholeNs += overNs - dispatchedNs
      outNs += overNs - dispatchedNs - clippedNs
    }
  }
  if (arrivals === 0) return []
  const counted = countedOf(data.health, data.records, window)
  return [
    {
      run: data.run.id,
      id: 'littles-law',
      arrivalsPerSecond: arrivals / (spanNs / nsPerS),
      meanTimeMs: wholeNs / arrivals / nsPerMs,
      product: wholeNs / spanNs,
      inFlight: insideNs / spanNs,
      carriedIn: inNs / spanNs,
      carriedOut: outNs / spanNs,
      ...(counted === undefined ? {} : { counted }),
      holds: counted === undefined || Math.abs(counted.inFlight - counted.byRecords) <= counted.tolerance,
    },
  ]
}

/** The runs in which the client counted other requests in flight than its records tell of. */
export function littlesLawFindings(checks: readonly LittlesLaw[]): Finding[] {
  return checks.flatMap(({ run, product, carriedIn, carriedOut, counted, holds }): Finding[] => {
    if (holds || counted === undefined) return []
    const { readings, inFlight, byRecords, tolerance } = counted
    return [
      {
        code: 'littles-law',
        severity: 'warning',
        run,
        message: `The client counted ${significant(inFlight)} requests in flight on average over ${readings} readings; its records have ${significant(byRecords)} at the same instants, and rate × mean time gives ${significant(product + carriedIn - carriedOut)}. More than ${significant(tolerance)} apart, they do not tell of the same requests.`,
        advice:
          'Do not trust the latencies and rates of this run: records are missing, or their first or last instants are wrong. Look for storage errors, repeat the run, and report it if it comes again.',
      },
    ]
  })
}
