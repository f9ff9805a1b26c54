import { phases } from './load.ts'
import type { Ledger, Report, ReportRun, Result } from './report.ts'
import type { Counts } from './run.ts'

/** One target × workload × load of a report: what its repeats measured. */
export interface ReportCell {
  readonly target: string
  readonly workload: string
  readonly load: string
  /** Its repeats, first to last. */
  readonly runs: readonly ReportRun[]
  /** Its results over the measured phase, per repeat and pooled. */
  readonly results: readonly Result[]
}

/** Which number of a cell is meant; absent `repeat`: pooled. */
export interface Wanted {
  readonly metric: string
  readonly from: Result['from']
  /** `rate`: the one value of a phase metric. */
  readonly stat: 'mean' | 'min' | 'max' | 'rate' | number
  readonly repeat?: number
}

const measured = phases[1]

/** The cells that were run, by workload, then load, then target, each in the report's order. */
export function reportCells(report: Report): ReportCell[] {
  return report.workloads.flatMap((workload) =>
    report.loads.flatMap((load) =>
      report.targets.flatMap((target) => {
        const isIn = (at: Pick<ReportRun, 'target' | 'workload' | 'load'>) =>
          at.target === target.name && at.workload === workload.name && at.load === load.name
        const runs = report.runs.filter(isIn).sort((a, b) => a.repeat - b.repeat)
        if (runs.length === 0) return []
        const results = report.results.filter((result) => result.phase === measured && isIn(result))
        return [{ target: target.name, workload: workload.name, load: load.name, runs, results }]
      }),
    ),
  )
}

/** One number of a cell; a quantile is asked for by its q (0..1). `undefined` when nothing gave it. */
export function resultOf(cell: ReportCell, { metric, from, stat, repeat }: Wanted): Result | undefined {
  return cell.results.find(
    (result) =>
      result.metric === metric &&
      result.from === from &&
      result.repeat === (repeat ?? 'pooled') &&
      (typeof stat === 'number'
        ? result.stat === 'quantile' && result.q === stat
        : stat === 'rate'
          ? result.stat === 'value' || result.stat === 'mean'
          : result.stat === stat),
  )
}

/** Requests of the measured phase, all repeats together. */
export function countsOf(cell: ReportCell): Counts {
  const sum = { planned: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0 }
  for (const run of cell.runs) {
    const counts = run.counts[measured]
    if (counts === undefined) continue
    sum.planned += counts.planned
    sum.completed += counts.completed
    sum.failed += counts.failed
    sum.cancelled += counts.cancelled
    sum.dropped += counts.dropped
  }
  return sum
}

/**
 * Share (0..1) of planned requests that failed or were dropped; taken from the counts when nothing was sent, because
 * then there is no measured window and no `error-rate`. Absent when nothing was planned.
 */
export function errorShareOf(cell: ReportCell): number | undefined {
  const rate = resultOf(cell, { metric: 'error-rate', from: 'phase', stat: 'rate' })?.value
  if (rate !== undefined) return rate
  const { planned, failed, dropped } = countsOf(cell)
  return planned === 0 ? undefined : (failed + dropped) / planned
}

/** Where the time of a cell's requests went; absent when none completed. */
export function ledgerOf(report: Report, cell: ReportCell): Ledger | undefined {
  return report.ledgers.find(
    ({ target, workload, load }) =>
      target === cell.target && workload === cell.workload && load === cell.load,
  )
}

const tails = [0.99, 0.95, 0.9] as const

/**
 * The tail quantile (q, 0..1) by which cells can be compared: the highest that all of them have for a latency from
 * `sent`, else the highest any has, else p99, which is then withheld everywhere.
 */
export function commonTail(cells: readonly ReportCell[], metric: string): number {
  const has = (q: number) => (cell: ReportCell) =>
    resultOf(cell, { metric, from: 'sent', stat: q })?.value !== undefined
  return tails.find((q) => cells.every(has(q))) ?? tails.find((q) => cells.some(has(q))) ?? tails[0]
}

/** Up to this many tokens an event on average, events are tokens: a few events that carry two are no bundling. */
const bundledFrom = 1.02

/** Tokens an event, where a server bundles them: gaps between events and between tokens are then two things. */
export function bundling(cell: ReportCell): number | undefined {
  const mean = resultOf(cell, { metric: 'tokens-per-event', from: 'sent', stat: 'mean' })?.value
  return mean !== undefined && mean >= bundledFrom ? mean : undefined
}
