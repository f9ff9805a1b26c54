import { healthOf } from '../analyze/health/health-view.ts'
import type { Calibration, CalibrationFacts, ErrorSummary } from '../model/calibration.ts'
import type { RequestRecord } from '../model/record.ts'
import type { Run } from '../model/run.ts'
import type { RunData } from '../model/run-data.ts'
import type { Truth, TruthRequest } from '../model/truth.ts'
import { mean } from '../stats/mean.ts'
import { quantile } from '../stats/quantile.ts'
import { maxOf, sortSamples } from '../stats/samples.ts'

const NS_PER_MS = 1e6
const NS_PER_S = 1e9

/** Errors of one run against the reference server, event by event, in ms. */
export interface MeasuredErrors {
  /** Reported TTFT − (the server's first write − its read of the request). */
  readonly ttftMs: Float64Array
  /** Stamp of an event − the server's write of it. */
  readonly eventMs: Float64Array
  /** Gap between two events − the server's. */
  readonly itlMs: Float64Array
  /** Dispatch − intended instant. */
  readonly latenessMs: Float64Array
  /** Requests that the server's log does not have, or that have more events than were written. */
  readonly unexplained: number
}

/** Joins records and truth by `X-Request-Id` (`<run>-<index>`). Requests cut off in the middle count as far as they came. */
export function errorsOf(run: Run, records: readonly RequestRecord[], truth: Truth): MeasuredErrors {
  const shiftNs = Number(BigInt(run.clock.epochMonotonicNs) - BigInt(truth.epochMonotonicNs))
  const byId = new Map(truth.requests.map((request) => [request.requestId, request]))
  const total = records.reduce((sum, record) => sum + record.events.atNs.length, 0)
  const eventMs = new Float64Array(total)
  const itlMs = new Float64Array(total)
  const ttftMs: number[] = []
  const latenessMs: number[] = []
  let events = 0
  let gaps = 0
  let unexplained = 0
  for (const record of records) {
    const { dispatchedNs, intendedNs, sentNs } = record
    if (dispatchedNs !== undefined && intendedNs !== undefined)
      latenessMs.push((dispatchedNs - intendedNs) / NS_PER_MS)
    if (sentNs === undefined || record.events.atNs.length === 0) continue
    const request = byId.get(`${run.id}-${record.index}`)
    if (request === undefined || request.eventNs.length < record.events.atNs.length) {
      unexplained++
      continue
    }
    ttftMs.push(ttftError(record.events.atNs[0] ?? 0, sentNs, request))
    let before = Number.NaN
    for (const [i, atNs] of record.events.atNs.entries()) {
      const error = (atNs + shiftNs - (request.eventNs[i] ?? Number.NaN)) / NS_PER_MS
      eventMs[events++] = error
      if (i > 0) itlMs[gaps++] = error - before
      before = error
    }
  }
  return {
    ttftMs: Float64Array.from(ttftMs),
    eventMs: eventMs.subarray(0, events),
    itlMs: itlMs.subarray(0, gaps),
    latenessMs: Float64Array.from(latenessMs),
    unexplained,
  }
}

function ttftError(firstNs: number, sentNs: number, { eventNs, arrivalNs }: TruthRequest): number {
  return (firstNs - sentNs - ((eventNs[0] ?? Number.NaN) - arrivalNs)) / NS_PER_MS
}

/** The client's own error, from the records of a calibration run and what the reference server wrote in it. */
export function deriveCalibration(data: RunData, truth: Truth, facts: CalibrationFacts): Calibration {
  const { run, records } = data
  const errors = errorsOf(run, records, truth)
  const { seconds, peakStreams } = extent(records)
  const summaries = {
    ttft: summary(errors.ttftMs),
    event: summary(errors.eventMs),
    itl: summary(errors.itlMs),
    lateness: summary(errors.latenessMs),
  }
  const known = Object.entries(summaries).filter(([, value]) => value !== undefined)
  return {
    ...facts,
    seconds,
    requests: errors.ttftMs.length,
    events: errors.eventMs.length,
    peakStreams,
    disturbedSeconds: healthOf(data).unhealthy.length,
    eventsPerSecond: seconds === 0 ? 0 : errors.eventMs.length / seconds,
    ...(Object.fromEntries(known) as { readonly [name in keyof typeof summaries]?: ErrorSummary }),
  }
}

/** Mean, median, p99 and maximum of errors; `undefined` without any. */
export function summary(errorsMs: Float64Array): ErrorSummary | undefined {
  const sorted = sortSamples(errorsMs.slice())
  const biasMs = mean(errorsMs)
  if (sorted === undefined || biasMs === undefined) return undefined
  return {
    n: sorted.length,
    biasMs,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: maxOf(sorted),
  }
}

/** From the first send to the last event, and the most requests in flight at once. */
function extent(records: readonly RequestRecord[]): {
  readonly seconds: number
  readonly peakStreams: number
} {
  const changes: [number, 1 | -1][] = []
  let fromNs = Number.POSITIVE_INFINITY
  let toNs = Number.NEGATIVE_INFINITY
  for (const { sentNs, endNs, events } of records) {
    if (sentNs === undefined) continue
    fromNs = Math.min(fromNs, sentNs)
    toNs = Math.max(toNs, events.atNs.at(-1) ?? sentNs)
    changes.push([sentNs, 1])
    if (endNs !== undefined) changes.push([endNs, -1])
  }
  // An end and a send at one instant are one stream after the other.
  changes.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  let streams = 0
  let peakStreams = 0
  for (const [, change] of changes) {
    streams += change
    peakStreams = Math.max(peakStreams, streams)
  }
  return { seconds: changes.length === 0 ? 0 : (toNs - fromNs) / NS_PER_S, peakStreams }
}
