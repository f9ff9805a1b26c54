import { isOpen, type Load, type Pacing } from '../model/load.ts'
import type { RequestRecord } from '../model/record.ts'
import type { Run } from '../model/run.ts'
import { sortSamples, valueAt } from '../stats/samples.ts'

const NS_PER_MS = 1e6
const NS_PER_S = 1e9
/** Replies that last longer than this would not come to their full number in flight within a short calibration. */
const longReplyS = 1

/** What makes two loads alike to a client: how much is in flight and how fast events come. */
export interface LoadShape {
  /** Mean number of requests in flight while any was. */
  readonly inFlight: number
  readonly ttftMs: number
  /** Mean gap between events of a request; absent when replies have one event. */
  readonly gapMs?: number
  readonly events: number
  readonly replyS: number
}

/** Medians over the completed requests of a run; `undefined` when none has an event. */
export function shapeOf(records: readonly RequestRecord[]): LoadShape | undefined {
  const ttft: number[] = []
  const gap: number[] = []
  const events: number[] = []
  const reply: number[] = []
  let fromNs = Number.POSITIVE_INFINITY
  let toNs = 0
  for (const record of records) {
    const { sentNs, endNs, events: own } = record
    const [first, last] = [own.atNs[0], own.atNs.at(-1)]
    if (record.outcome.kind !== 'completed' || sentNs === undefined || endNs === undefined) continue
    if (first === undefined || last === undefined) continue
    ttft.push((first - sentNs) / NS_PER_MS)
    if (own.atNs.length > 1) gap.push((last - first) / NS_PER_MS / (own.atNs.length - 1))
    events.push(own.atNs.length)
    reply.push((endNs - sentNs) / NS_PER_S)
    fromNs = Math.min(fromNs, sentNs)
    toNs = Math.max(toNs, endNs)
  }
  const [ttftMs, gapMs, count, replyS] = [ttft, gap, events, reply].map(median)
  if (ttftMs === undefined || count === undefined || replyS === undefined) return undefined
  const busyS = reply.reduce((sum, seconds) => sum + seconds, 0)
  const inFlight = Math.max(1, busyS / Math.max(1e-9, (toNs - fromNs) / NS_PER_S))
  return { inFlight, ttftMs, ...(gapMs === undefined ? {} : { gapMs }), events: count, replyS }
}

/** The load of a calibration that lasts `seconds`: the run's own wherever so short a time shows it. */
export function calibrationLoad(load: Load, shape: LoadShape, seconds: number): Load {
  const { name, maxInFlight } = load
  const common = { name, warmup: {}, drainS: 0.2, maxInFlight }
  const pacing = calibrationPacing(load.pacing, shape, seconds)
  return pacing.kind === 'burst'
    ? { ...common, pacing, until: { requests: pacing.burst } }
    : { ...common, pacing, until: { durationS: seconds } }
}

function calibrationPacing(pacing: Pacing, shape: LoadShape, seconds: number): Pacing {
  if (pacing.kind === 'users') return { ...pacing, rampS: Math.min(pacing.rampS, seconds / 4) }
  const tooLong = isOpen(pacing) && pacing.kind !== 'burst' && shape.replyS > longReplyS
  return tooLong ? { kind: 'concurrency', concurrency: Math.round(shape.inFlight) } : pacing
}

/** Ratio within which two figures count as the same shape. */
const step = 1.5

/** A text that is equal for runs whose client is loaded alike on the same host with the same software. */
export function shapeKey(run: Run, shape: LoadShape): string {
  const near = (value: number | undefined) =>
    value === undefined ? null : Math.round(Math.log(Math.max(value, 0.01)) / Math.log(step))
  const { host, cell, workers, polling, assay, capture } = run
  const { hostname, kernel, cpu, cores, usableCores, affinity, node, nodeFlags } = host
  return JSON.stringify([
    [hostname, kernel, cpu, cores, usableCores, affinity, node, nodeFlags, assay],
    [
      cell.load.pacing,
      workers,
      polling,
      capture,
      run.target.dialect,
      cell.target.transport,
      run.target.connections,
    ],
    [near(shape.inFlight), near(shape.ttftMs), near(shape.gapMs), near(shape.events)],
  ])
}

function median(values: readonly number[]): number | undefined {
  const sorted = sortSamples(Float64Array.from(values))
  return sorted === undefined ? undefined : valueAt(sorted, Math.floor((sorted.length - 1) / 2))
}
