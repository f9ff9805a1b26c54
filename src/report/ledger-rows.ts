import type { Report } from '../model/report.ts'
import { ledgerOf, type ReportCell, resultOf } from '../model/report-cells.ts'

/** The quantiles a ledger shows. */
export const ledgerQuantiles = [0.5, 0.9, 0.99] as const

/** One line of a ledger. */
export interface LedgerRow {
  readonly name: string
  /** Of the mean end-to-end time, 0..1. */
  readonly share: number | undefined
  /** Over all requests of the ledger: the steps add up. */
  readonly meanMs: number
  /** Over the requests in which the step took place; `undefined` where withheld. */
  readonly quantilesMs: readonly (number | undefined)[]
  /** Those requests. */
  readonly n: number
}

/** Heading of a ledger. */
export const ledgerTitle = 'where the time goes'

/** What must be said of a ledger's numbers. */
export const ledgerLegend = 'shares and means are of all completed requests and add up; quantiles do not'

/** The steps of a cell in order of time and their sum; empty when no request completed. */
export function ledgerRows(report: Report, cell: ReportCell): LedgerRow[] {
  const ledger = ledgerOf(report, cell)
  if (ledger === undefined) return []
  const quantilesOf = (metric: string) =>
    ledgerQuantiles.map((stat) => resultOf(cell, { metric, from: 'sent', stat })?.value)
  return [
    ...ledger.steps.map(({ step, metric, n, meanMs, share }) => ({
      name: step.replaceAll('-', ' '),
      share,
      meanMs,
      quantilesMs: quantilesOf(metric),
      n,
    })),
    {
      name: 'end to end',
      share: ledger.meanMs === 0 ? undefined : 1,
      meanMs: ledger.meanMs,
      quantilesMs: quantilesOf('ledger-end-to-end'),
      n: ledger.requests,
    },
  ]
}
