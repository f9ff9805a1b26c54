import { stepMs, stepShare } from '../model/ledger-number.ts'
import type { Report } from '../model/report.ts'
import type { ReportCell } from '../model/report-cells.ts'
import { quantileName, wholeNumber } from '../model/significant.ts'
import { ledgerLegend, ledgerQuantiles, ledgerRows } from './ledger-rows.ts'
import { literal, markdownTable } from './markdown-text.ts'
import { nothing } from './text-tables.ts'

/** Where the time of one cell goes: a row per step, their sum last. */
export function ledgerSection(report: Report, cell: ReportCell): string[] {
  const rows = ledgerRows(report, cell)
  if (rows.length === 0) return []
  const heads = ['step', 'share', 'mean ms', ...ledgerQuantiles.map((q) => `${quantileName(q)} ms`), 'values']
  const lines = rows.map(({ name, share, meanMs, quantilesMs, n }) => [
    literal(name),
    share === undefined ? nothing : stepShare(share),
    stepMs(meanMs),
    ...quantilesMs.map((ms) => (ms === undefined ? nothing : stepMs(ms))),
    wholeNumber(n),
  ])
  return ['### Where the time goes', markdownTable(heads, lines), `*${ledgerLegend}*`]
}
