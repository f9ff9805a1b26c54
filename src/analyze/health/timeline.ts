import type { HealthRow } from '../../model/health.ts'

/** A stretch of time, ns since the run's epoch. */
export interface Span {
  readonly startNs: number
  readonly endNs: number
}

/** When a row began and ended. */
export function spanOf(row: HealthRow): Span {
  return { startNs: row.atNs - row.seconds * 1e9, endNs: row.atNs }
}

/** Spans of one worker in order; they do not overlap each other. */
export type Timeline<T extends Span> = readonly T[]

/** Things of several workers as a timeline for each. */
export function byWorker<T extends Span & { readonly row: HealthRow }>(
  seconds: readonly T[],
): Map<number, Timeline<T>> {
  const timelines = new Map<number, T[]>()
  for (const second of seconds) {
    const timeline = timelines.get(second.row.worker)
    if (timeline === undefined) timelines.set(second.row.worker, [second])
    else timeline.push(second)
  }
  for (const timeline of timelines.values()) timeline.sort((a, b) => a.endNs - b.endNs)
  return timelines
}

/** The first of a timeline that ends after an instant; its position, the length when there is none. */
function firstEndingAfter<T extends Span>(timeline: Timeline<T>, atNs: number): number {
  let low = 0
  let high = timeline.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timeline[middle] as T).endNs > atNs) high = middle
    else low = middle + 1
  }
  return low
}

/** Whether a second that ends after a span's start overlaps it; a span without length is an instant. */
function overlaps(second: Span, { startNs, endNs }: Span): boolean {
  return second.startNs < endNs || second.startNs <= startNs
}

/** What of a timeline overlaps a span. */
export function within<T extends Span>(timeline: Timeline<T>, span: Span): T[] {
  const found: T[] = []
  for (let i = firstEndingAfter(timeline, span.startNs); i < timeline.length; i++) {
    const second = timeline[i] as T
    if (!overlaps(second, span)) break
    found.push(second)
  }
  return found
}

/** Whether anything of a timeline overlaps a span. */
export function anyWithin<T extends Span>(timeline: Timeline<T>, span: Span): boolean {
  const first = timeline[firstEndingAfter(timeline, span.startNs)]
  return first !== undefined && overlaps(first, span)
}
