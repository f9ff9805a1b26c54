import { measuredPhase } from '../../metrics/measured-phase.ts'
import type { HealthRow, HostReading } from '../../model/health.ts'
import type { RunData } from '../../model/run-data.ts'
import { measuredWindow } from '../window.ts'
import { looksStopped, pauseCause, pausedIdle, type Sign, shareSigns, typicalCpu } from './signs.ts'
import { byWorker, type Span, spanOf, within } from './timeline.ts'

/** One worker's second, and what was wrong with it. */
export interface WatchedSecond extends Span {
  readonly row: HealthRow
  readonly signs: readonly Sign[]
}

/** How the load threads did over the measured phase, its drain included. */
export interface HealthView {
  readonly seconds: readonly WatchedSecond[]
  /** Those with a sign. */
  readonly unhealthy: readonly WatchedSecond[]
  /** Useful CPU of all load threads over their time; absent where it cannot be read. */
  readonly usefulCpuShare?: number
  /** The longest time (s) of the measured phase for which a worker with requests has no row; absent without requests. */
  readonly unwatchedS?: number
}

/** Counters of the host are kept by one worker: its rows serve all that overlap them. */
function hostDuring(hostRows: readonly (Span & { readonly row: HealthRow })[], span: Span) {
  let seconds = 0
  const host: { stealMs?: number; throttledMs?: number } = {}
  for (const { row } of within(hostRows, span)) {
    // The worst one: which of two neighbouring rows a pause fell into is not known.
    if ((row.stealMs ?? 0) > (host.stealMs ?? -1)) {
      host.stealMs = row.stealMs ?? 0
      seconds = row.seconds
    }
    host.throttledMs = Math.max(host.throttledMs ?? 0, row.throttledMs ?? 0)
  }
  return { ...host, seconds } satisfies HostReading & { seconds: number }
}

/** The measured phase until its last record, which may be in the drain; and the last end per worker. */
function measuredSpans({ run, records }: RunData) {
  const window = measuredWindow(run, records)
  if (window === undefined) return undefined
  const lastEnds = new Map<number, number>()
  for (const { phase, worker, endNs } of records) {
    if (phase !== measuredPhase || endNs === undefined) continue
    lastEnds.set(worker, Math.max(lastEnds.get(worker) ?? window.startNs, endNs))
  }
  const endNs = Math.max(window.endNs, ...lastEnds.values())
  return { window: { startNs: window.startNs, endNs }, lastEnds }
}

/** Judges every row of the measured phase. */
export function healthOf(data: RunData): HealthView {
  const spans = measuredSpans(data)
  if (spans === undefined) return { seconds: [], unhealthy: [] }
  const { window, lastEnds } = spans
  const rows = data.health
    .map((row) => ({ ...spanOf(row), row }))
    .filter(({ startNs, endNs }) => endNs > window.startNs && startNs < window.endNs)
  const timelines = byWorker(rows)
  const hostRows = [...timelines.values()].find((timeline) =>
    timeline.some(({ row }) => row.hostCpuMs !== undefined || row.stealMs !== undefined),
  )
  const hostOf = (span: Span) => hostDuring(hostRows ?? [], span)
  const stopped = new Set(rows.filter((second) => looksStopped(second.row, hostOf(second))))
  const typicalMs = typicalCpu(rows.map(({ row }) => row))
  const allStopped = (second: (typeof rows)[number]) =>
    stopped.has(second) &&
    (timelines.size === 1
      ? pausedIdle(second.row, typicalMs)
      : [...timelines.values()].every((timeline) => within(timeline, second).some((s) => stopped.has(s))))

  const seconds = rows.map((second): WatchedSecond => {
    const host = hostOf(second)
    const found = shareSigns(second.row, host, data.run.host.cores)
    const cause = pauseCause(second.row, host)
    const pause = cause === 'unexplained' ? (allStopped(second) ? 'process-stopped' : 'loop-blocked') : cause
    return { ...second, signs: pause === undefined ? found : [...new Set<Sign>([pause, ...found])] }
  })
  const usefulCpuShare = usefulShare(rows.map(({ row }) => row))
  return {
    seconds,
    unhealthy: seconds.filter(({ signs }) => signs.length > 0),
    ...(usefulCpuShare === undefined ? {} : { usefulCpuShare }),
    unwatchedS: unwatched(timelines, window.startNs, lastEnds),
  }
}

/** Useful CPU over the rows' time. */
function usefulShare(rows: readonly HealthRow[]): number | undefined {
  let cpuMs = 0
  let seconds = 0
  for (const { usefulCpuMs, seconds: length } of rows) {
    if (usefulCpuMs === undefined) continue
    cpuMs += usefulCpuMs
    seconds += length
  }
  return seconds === 0 ? undefined : cpuMs / (seconds * 1e3)
}

/** The longest missing time of any worker, s. A worker is watched until its own last reply. */
function unwatched(
  timelines: ReadonlyMap<number, readonly Span[]>,
  startNs: number,
  lastEnds: ReadonlyMap<number, number>,
): number {
  let worstNs = 0
  for (const [worker, endNs] of lastEnds) {
    let watchedNs = 0
    for (const span of timelines.get(worker) ?? []) {
      watchedNs += Math.max(0, Math.min(span.endNs, endNs) - Math.max(span.startNs, startNs))
    }
    worstNs = Math.max(worstNs, endNs - startNs - watchedNs)
  }
  return worstNs / 1e9
}
