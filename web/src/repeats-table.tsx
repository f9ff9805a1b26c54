import type { ReportCell, Wanted } from '../../src/model/report-cells.ts'
import { significant } from '../../src/model/significant.ts'
import { Quantity } from './quantity.tsx'
import { ScrollTable } from './scroll-table.tsx'

const columns: readonly (readonly [title: string, wanted: Wanted])[] = [
  ['TTFT p50, ms', { metric: 'ttft', from: 'sent', stat: 0.5 }],
  ['ITL p50, ms', { metric: 'itl', from: 'sent', stat: 0.5 }],
  ['TPOT p50, ms', { metric: 'tpot', from: 'sent', stat: 0.5 }],
  ['requests/s', { metric: 'requests-per-second', from: 'phase', stat: 'rate' }],
  ['output tok/s', { metric: 'output-tokens-per-second-system', from: 'phase', stat: 'rate' }],
]

/** Each repeat by itself: how far apart they lie says how repeatable the pooled numbers are. */
export function RepeatsTable({ cell }: { readonly cell: ReportCell }) {
  if (cell.runs.length < 2) return null
  return (
    <>
      <h3 id="repeats-heading">Repeats</h3>
      <ScrollTable label="Repeats">
        <thead>
          <tr>
            <th scope="col">Repeat</th>
            {columns.map(([title]) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <th scope="col">measured, s</th>
            <th scope="col">ended</th>
          </tr>
        </thead>
        <tbody>
          {cell.runs.map((run) => (
            <tr key={run.id}>
              <th scope="row">{run.repeat + 1}</th>
              {columns.map(([title, wanted]) => (
                <td key={title}>
                  <Quantity cell={cell} {...wanted} repeat={run.repeat} />
                </td>
              ))}
              <td class="quiet">{run.measuredS === undefined ? '–' : significant(run.measuredS)}</td>
              <td class="quiet">{run.ended}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  )
}
