import type { MetricInfo, Result } from '../../src/model/report.ts'
import { type ReportCell, resultOf, type Wanted } from '../../src/model/report-cells.ts'
import { Direction } from './comparison.tsx'
import { Quantity } from './quantity.tsx'
import { ScrollTable } from './scroll-table.tsx'

const rates: readonly Wanted[] = [
  { metric: 'requests-per-second', from: 'phase', stat: 'rate' },
  { metric: 'output-tokens-per-second-system', from: 'phase', stat: 'rate' },
  { metric: 'output-tokens-per-second-gpu', from: 'phase', stat: 'rate' },
  { metric: 'input-tokens-per-second-system', from: 'phase', stat: 'rate' },
  { metric: 'total-tokens-per-second-system', from: 'phase', stat: 'rate' },
  { metric: 'output-tokens-per-second-request', from: 'sent', stat: 'mean' },
  { metric: 'input-tokens', from: 'sent', stat: 'mean' },
  { metric: 'output-tokens', from: 'sent', stat: 'mean' },
  { metric: 'tokens-per-event', from: 'sent', stat: 'mean' },
]

const sources: Readonly<Record<NonNullable<Result['source']>, string>> = {
  usage: 'tokens counted by the server',
  'token-ids': 'token ids counted',
  tokenizer: 'tokens counted with a tokenizer after the run',
  events: 'tokens estimated from stream events',
  approximate: 'token counts are approximate',
  mixed: 'token counts come from several sources',
}

/** Rates and sizes, each with its scope, unit and where its token counts come from. */
export function RateTable({
  cell,
  metrics,
}: {
  readonly cell: ReportCell
  readonly metrics: readonly MetricInfo[]
}) {
  const rows = rates.flatMap((wanted) => {
    const info = metrics.find(({ id }) => id === wanted.metric)
    const result = resultOf(cell, wanted)
    return info === undefined || result === undefined ? [] : [{ wanted, info, result }]
  })
  if (rows.length === 0) return null
  return (
    <>
      <h3 id="rate-heading">Throughput and tokens</h3>
      <ScrollTable label="Throughput and tokens" kind="rates">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">{cell.runs.length > 1 ? 'mean' : 'value'}</th>
            <th scope="col">unit</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ wanted, info, result }) => (
            <tr key={info.id}>
              <th scope="row">
                {info.title} <Direction better={info.better} />
                {result.source !== undefined && <small>{sources[result.source]}</small>}
              </th>
              <td>
                <Quantity cell={cell} {...wanted} />
              </td>
              <td class="quiet">{info.unit}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  )
}
