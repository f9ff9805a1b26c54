import { stepMs, stepShare } from '../model/ledger-number.ts'
import type { Report } from '../model/report.ts'
import type { ReportCell } from '../model/report-cells.ts'
import { quantileName, wholeNumber } from '../model/significant.ts'
import type { Colours } from './colours.ts'
import { ledgerLegend, ledgerQuantiles, ledgerRows, ledgerTitle } from './ledger-rows.ts'
import { wrapped } from './terminal-text.ts'
import { nothing, row } from './text-tables.ts'

/** Where the time of one cell goes: a row per step, their sum last. 78 columns wide. */
export function ledgerTable(report: Report, cell: ReportCell, colours: Colours): string[] {
  const rows = ledgerRows(report, cell)
  if (rows.length === 0) return []
  const heads = ['share', 'mean', ...ledgerQuantiles.map(quantileName), 'values']
  return [
    colours.dim(row(`${ledgerTitle}, ms`, 24, heads)),
    ...rows.map(({ name, share, meanMs, quantilesMs, n }) =>
      row(name, 24, [
        share === undefined ? nothing : stepShare(share),
        stepMs(meanMs),
        ...quantilesMs.map((ms) => (ms === undefined ? nothing : stepMs(ms))),
        wholeNumber(n),
      ]),
    ),
    ...wrapped(ledgerLegend, 78).map(colours.dim),
  ]
}
