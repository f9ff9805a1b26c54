import type { Report } from '../../src/model/report.ts'
import { commonTail, type ReportCell, resultOf, type Wanted } from '../../src/model/report-cells.ts'
import { quantileName } from '../../src/model/significant.ts'
import { type CellChoice, cellKey, isChosen } from './cell-key.ts'
import { colourIndex } from './palette.ts'
import { ErrorShare, Quantity } from './quantity.tsx'
import { ScrollTable } from './scroll-table.tsx'

interface Column {
  readonly name: string
  readonly detail: string
  readonly better: 'lower' | 'higher'
  readonly wanted: Wanted
}

function columnsFor(cells: readonly ReportCell[]): Column[] {
  const tail = commonTail(cells, 'ttft')
  const latency = (name: string, metric: string, q: number): Column => ({
    name,
    detail: `${quantileName(q)}, ms`,
    better: 'lower',
    wanted: { metric, from: 'sent', stat: q },
  })
  const rate = (name: string, detail: string, metric: string, better: Column['better']): Column => ({
    name,
    detail,
    better,
    wanted: { metric, from: 'phase', stat: 'rate' },
  })
  return [
    latency('TTFT', 'ttft', 0.5),
    latency('TTFT', 'ttft', tail),
    latency('ITL', 'itl', 0.5),
    latency('TPOT', 'tpot', 0.5),
    rate('Requests', 'per s, system', 'requests-per-second', 'higher'),
    rate('Output tokens', 'per s, system', 'output-tokens-per-second-system', 'higher'),
    rate('Errors', 'share', 'error-rate', 'lower'),
  ]
}

interface ComparisonProps {
  readonly report: Report
  readonly cells: readonly ReportCell[]
  readonly choice: CellChoice
  onChoose(choice: CellChoice): void
}

interface RowProps extends Omit<ComparisonProps, 'cells'> {
  readonly cell: ReportCell
  readonly columns: readonly Column[]
  /** Largest value of each column, for the bars. */
  readonly largest: readonly number[]
}

function Row({ report, cell, columns, largest, choice, onChoose }: RowProps) {
  const colour = colourIndex(report.targets.findIndex(({ name }) => name === cell.target))
  const [notice, ...more] = report.targets.find(({ name }) => name === cell.target)?.notices ?? []
  const chosen = isChosen(cell, choice)
  return (
    <tr class={chosen ? 'chosen' : ''}>
      <th scope="row">
        <button class="cell-button" type="button" aria-pressed={chosen} onClick={() => onChoose(cell)}>
          <span class={`swatch c${colour}`} aria-hidden="true" />
          {cell.target}
        </button>
        {notice !== undefined && (
          <small class="row-notice">
            {notice}
            {more.length > 0 && `, and ${more.length} more above`}
          </small>
        )}
      </th>
      {columns.map(({ name, detail, wanted }, i) => {
        const value = resultOf(cell, wanted)?.value ?? 0
        const share = (largest[i] ?? 0) > 0 ? value / (largest[i] ?? 1) : 0
        return (
          <td key={name + detail}>
            {wanted.metric === 'error-rate' ? (
              <ErrorShare cell={cell} />
            ) : (
              <Quantity cell={cell} {...wanted} isExplained />
            )}
            <span class="bar" aria-hidden="true">
              <span class={`c${colour}`} style={{ width: `${(share * 100).toFixed(1)}%` }} />
            </span>
          </td>
        )
      })}
    </tr>
  )
}

/** Every cell in one table, a group for each workload and load; a click looks at the cell below. */
export function Comparison({ report, cells, choice, onChoose }: ComparisonProps) {
  const columns = columnsFor(cells)
  const groups = new Map<string, ReportCell[]>()
  for (const cell of cells) {
    const key = JSON.stringify([cell.workload, cell.load])
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  return (
    <section aria-labelledby="comparison-heading">
      <h2 id="comparison-heading">Comparison</h2>
      <p class="hint">
        Latencies run from the instant a request’s first byte is sent. Bars compare within a group. Where the
        intervals of two cells overlap, their order may be chance.
      </p>
      <ScrollTable label="Comparison" kind="comparison">
        <thead>
          <tr>
            <th scope="col">Target</th>
            {columns.map(({ name, detail, better }) => (
              <th key={name + detail} scope="col">
                {name}
                <small>
                  {detail} <Direction better={better} />
                </small>
              </th>
            ))}
          </tr>
        </thead>
        {[...groups].map(([key, group]) => {
          const [first] = group
          const load = report.loads.find(({ name }) => name === first?.load)
          const names = [...(report.workloads.length > 1 ? [first?.workload] : []), first?.load]
          const largest = columns.map(({ wanted }) =>
            Math.max(0, ...group.map((cell) => resultOf(cell, wanted)?.value ?? 0)),
          )
          return (
            <tbody key={key}>
              <tr class="group">
                <th scope="rowgroup" colSpan={columns.length + 1}>
                  <span class="group-title">
                    {names.join(' / ')}
                    {load !== undefined && (
                      <small>
                        {load.description} · {load.loop} loop
                      </small>
                    )}
                  </span>
                </th>
              </tr>
              {group.map((cell) => (
                <Row key={cellKey(cell)} {...{ report, cell, columns, largest, choice, onChoose }} />
              ))}
            </tbody>
          )
        })}
      </ScrollTable>
    </section>
  )
}

/** An arrow that says which way is better. */
export function Direction({ better }: { readonly better: 'lower' | 'higher' | 'neither' }) {
  if (better === 'neither') return null
  return (
    <abbr class="direction" title={`${better} is better`} aria-label={`${better} is better`}>
      {better === 'lower' ? '↓' : '↑'}
    </abbr>
  )
}
