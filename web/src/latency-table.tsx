import type { MetricInfo } from '../../src/model/report.ts'
import { bundling, type ReportCell, resultOf, type Wanted } from '../../src/model/report-cells.ts'
import { quantileName, significant, wholeNumber } from '../../src/model/significant.ts'
import { Direction } from './comparison.tsx'
import { Quantity } from './quantity.tsx'
import { ScrollTable } from './scroll-table.tsx'

const rows = [
  { metric: 'ttft', name: 'TTFT' },
  { metric: 'itl', name: 'ITL' },
  { metric: 'itl-token', name: 'ITL token' },
  { metric: 'tpot', name: 'TPOT' },
  { metric: 'e2e-latency', name: 'E2E' },
  { metric: 'schedule-delay', name: 'Schedule delay' },
  { metric: 'connect-time', name: 'Connect' },
] as const
const stats = ['mean', 0.5, 0.9, 0.95, 0.99, 'max'] as const

function Interval({ cell, ...wanted }: Wanted & { readonly cell: ReportCell }) {
  const interval = resultOf(cell, wanted)?.interval
  if (interval === undefined) return null
  return (
    <small class="interval">
      {significant(interval.low)}–{significant(interval.high)}
    </small>
  )
}

/** Latencies with the 95 % interval of each quantile; under an open loop from both starts. */
export function LatencyTable({
  cell,
  metrics,
}: {
  readonly cell: ReportCell
  readonly metrics: readonly MetricInfo[]
}) {
  const isBundled = bundling(cell) !== undefined
  const shown = rows.flatMap(({ metric, name: short }) => {
    if (metric === 'itl-token' && !isBundled) return []
    const name = metric === 'itl' && isBundled ? 'ITL event' : short
    const froms = (['sent', 'intended'] as const).filter(
      (from) => resultOf(cell, { metric, from, stat: 'mean' }) !== undefined,
    )
    const info = metrics.find(({ id }) => id === metric)
    return info === undefined
      ? []
      : froms.map((from) => ({ metric, name, from, info, isPair: froms.length > 1 }))
  })
  return (
    <>
      <h3 id="latency-heading">Latency</h3>
      <p class="hint">Milliseconds, lower is better. Below each quantile stands its 95 % interval.</p>
      <ScrollTable label="Latency">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            {stats.map((stat) => (
              <th key={stat} scope="col">
                {typeof stat === 'number' ? quantileName(stat) : stat}
              </th>
            ))}
            <th scope="col">values</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ metric, name, from, info, isPair }) => (
            <tr key={metric + from}>
              <th scope="row">
                <span class="metric">{name}</span> <Direction better={info.better} />
                <small>{isPair ? `${info.title}, from ${from}` : info.title}</small>
              </th>
              {stats.map((stat) => (
                <td key={stat}>
                  <Quantity {...{ cell, metric, from, stat }} isExplained />
                  <Interval {...{ cell, metric, from, stat }} />
                </td>
              ))}
              <td class="quiet">{wholeNumber(resultOf(cell, { metric, from, stat: 'mean' })?.n ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  )
}
