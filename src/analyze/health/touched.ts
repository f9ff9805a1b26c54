import { measuredPhase } from '../../metrics/measured-phase.ts'
import type { RequestRecord } from '../../model/record.ts'
import type { RunData } from '../../model/run-data.ts'
import { healthOf, type WatchedSecond } from './health-view.ts'
import { anyWithin, byWorker, type Span } from './timeline.ts'

/** From when a request was due, or taken up, to its end; absent for one that never was. */
function lifeOf({ intendedNs, dispatchedNs, sentNs, endNs, outcome }: RequestRecord): Span | undefined {
  const startNs = intendedNs ?? dispatchedNs ?? sentNs
  if (startNs === undefined || outcome.kind === 'dropped') return undefined
  return { startNs, endNs: Math.max(startNs, endNs ?? startNs) }
}

/** The requests whose life overlaps one of these seconds of their own worker. */
export function touchedBy(
  seconds: readonly WatchedSecond[],
  records: readonly RequestRecord[],
): RequestRecord[] {
  if (seconds.length === 0) return []
  const timelines = byWorker(seconds)
  return records.filter((record) => {
    const timeline = timelines.get(record.worker)
    const life = lifeOf(record)
    return timeline !== undefined && life !== undefined && anyWithin(timeline, life)
  })
}

/** The measured requests of a run that an unhealthy second of their own worker touched: those `exclude` leaves out. */
export function touchedByUnhealthy(data: RunData): ReadonlySet<RequestRecord> {
  const measured = data.records.filter((record) => record.phase === measuredPhase)
  return new Set(touchedBy(healthOf(data).unhealthy, measured))
}
