import type { Report } from '../model/report.ts'
import { countsOf, type ReportCell, reportCells } from '../model/report-cells.ts'
import { type CsvValue, csvLine } from './csv-cell.ts'
import { metricColumns } from './csv-columns.ts'
import type { Renderer } from './renderer.ts'

type Column = readonly [name: string, value: (report: Report, cell: ReportCell) => CsvValue]

/** The sources of one side's token counts; absent when there is no such count. */
function source(cell: ReportCell, metric: 'input-tokens' | 'output-tokens'): CsvValue {
  return cell.results.find((result) => result.metric === metric && result.repeat === 'pooled')?.source
}

const heads: readonly Column[] = [
  ['study', (report) => report.study.name],
  ['target', (_, cell) => cell.target],
  ['workload', (_, cell) => cell.workload],
  ['load', (_, cell) => cell.load],
  ['model', (report, cell) => report.targets.find(({ name }) => name === cell.target)?.model],
  ['dialect', (report, cell) => report.targets.find(({ name }) => name === cell.target)?.dialect],
  ['gpus', (report, cell) => report.targets.find(({ name }) => name === cell.target)?.gpus],
  ['loop', (report, cell) => report.loads.find(({ name }) => name === cell.load)?.loop],
  ['repeats', (_, cell) => cell.runs.length],
  ['planned_requests', (_, cell) => countsOf(cell).planned],
  ['completed_requests', (_, cell) => countsOf(cell).completed],
  ['failed_requests', (_, cell) => countsOf(cell).failed],
  ['cancelled_requests', (_, cell) => countsOf(cell).cancelled],
  ['dropped_requests', (_, cell) => countsOf(cell).dropped],
  ['input_token_source', (_, cell) => source(cell, 'input-tokens')],
  ['output_token_source', (_, cell) => source(cell, 'output-tokens')],
]

/** summary.csv: one row per target × workload × load, its repeats pooled; the same columns in every file. */
export function summaryCsv(report: Report): string {
  const names = [...heads.map(([name]) => name), ...metricColumns.map(({ name }) => name)]
  const rows = reportCells(report).map((cell) => [
    ...heads.map(([, value]) => value(report, cell)),
    ...metricColumns.map((column) => column.value(cell)),
  ])
  return [names, ...rows].map(csvLine).join('')
}

/** summary.csv. */
export const csv: Renderer = {
  name: 'csv',
  file: 'summary.csv',
  mediaType: 'text/csv; charset=utf-8',
  render: summaryCsv,
}
