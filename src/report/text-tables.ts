import type { Report } from '../model/report.ts'
import { commonTail, countsOf, errorShareOf, type ReportCell, resultOf } from '../model/report-cells.ts'
import { percent, quantileName, significant, wholeNumber } from '../model/significant.ts'
import type { Colours } from './colours.ts'
import { headlineQuantiles, headlineRates, latencyRows } from './headline.ts'
import { cutTo, padTo, printable } from './terminal-text.ts'

/** What a table shows where there is no number. */
export const nothing = '–'

/** A line of a table: a label and cells aligned right, 9 columns each unless said otherwise. */
export function row(
  label: string,
  labelColumns: number,
  cells: readonly string[],
  columns: readonly number[] = [],
) {
  return padTo(label, labelColumns) + cells.map((cell, i) => padTo(cell, columns[i] ?? 9, 'start')).join('')
}

function shown(value: number | undefined): string {
  return value === undefined ? nothing : significant(value)
}

/** Latencies of one cell: a row per metric and start, columns mean to p99. 78 columns wide. */
export function latencyTable(cell: ReportCell, colours: Colours): string[] {
  const stats = ['mean', ...headlineQuantiles] as const
  const heads = stats.map((stat) => (typeof stat === 'number' ? quantileName(stat) : stat))
  const rows = latencyRows(cell).map(({ metric, name, from, isPair }) => {
    const all = stats.map((stat) => resultOf(cell, { metric, from, stat }))
    const label = `${name} ms ↓${isPair ? ` from ${from}` : ''}`
    return row(label, 24, [...all.map((result) => shown(result?.value)), wholeNumber(all[0]?.n ?? 0)])
  })
  return [colours.dim(row('latency', 24, [...heads, 'values'])), ...rows]
}

/** Rates of one cell, two a line, their scope in their names. 80 columns wide. */
export function rateTable(cell: ReportCell, colours: Colours): string[] {
  const rates = headlineRates.map(({ metric, name }): readonly [string, number | undefined] => [
    name,
    resultOf(cell, { metric, from: 'phase', stat: 'rate' })?.value,
  ])
  const perRequest = { metric: 'output-tokens-per-second-request', from: 'sent', stat: 'mean' } as const
  const all = [...rates, ['output tok/s, one request', resultOf(cell, perRequest)?.value] as const]
  const cells = all.flatMap(([name, value]) =>
    value === undefined ? [] : [row(`${name} ↑`, 30, [significant(value)])],
  )
  const lines = cells.flatMap((left, i) => (i % 2 === 0 ? [[left, cells[i + 1]].join('  ')] : []))
  return lines.length === 0 ? [] : [colours.dim('throughput'), ...lines]
}

/** "200 planned = 198 completed + 2 failed + 0 cancelled + 0 dropped". */
export function countsLine(cell: ReportCell): string {
  const { planned, completed, failed, cancelled, dropped } = countsOf(cell)
  return `${planned} planned = ${completed} completed + ${failed} failed + ${cancelled} cancelled + ${dropped} dropped`
}

const comparisonWidths = [9, 9, 8, 8, 9, 10, 8]

/** All cells, a row each, under a heading per workload and load. 79 columns wide. */
export function comparisonTable(report: Report, cells: readonly ReportCell[], colours: Colours): string[] {
  const tail = commonTail(cells, 'ttft')
  const names = ['TTFT ms', 'TTFT ms', 'ITL ms', 'TPOT ms', 'req/s', 'out tok/s', 'errors']
  const stats = ['p50 ↓', `${quantileName(tail)} ↓`, 'p50 ↓', 'p50 ↓', 'system ↑', 'system ↑', '↓']
  const legend = 'latencies from sent · ↓ lower is better, ↑ higher is better'
  const lines = [names, stats].map((texts) => colours.dim(row('', 18, texts, comparisonWidths)))
  let group = ''
  for (const cell of cells) {
    const load = report.loads.find(({ name }) => name === cell.load)
    const title = [...(report.workloads.length > 1 ? [cell.workload] : []), cell.load].join(' / ')
    if (title !== group) {
      group = title
      const described = load === undefined ? '' : `: ${load.description} (${load.loop} loop)`
      const heading = cutTo(printable(title + described), 79)
      lines.push(colours.bold(heading))
    }
    const latency = (metric: string, stat: number) =>
      shown(resultOf(cell, { metric, from: 'sent', stat })?.value)
    const rate = (metric: string) => resultOf(cell, { metric, from: 'phase', stat: 'rate' })?.value
    const errors = errorShareOf(cell)
    const numbers = [
      latency('ttft', 0.5),
      latency('ttft', tail),
      latency('itl', 0.5),
      latency('tpot', 0.5),
      shown(rate('requests-per-second')),
      shown(rate('output-tokens-per-second-system')),
      errors === undefined ? nothing : percent(errors),
    ]
    lines.push(row(`  ${printable(cell.target)}`, 18, numbers, comparisonWidths))
  }
  return [...lines, colours.dim(legend)]
}
