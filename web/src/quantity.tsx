import { errorShareOf, type ReportCell, resultOf, type Wanted } from '../../src/model/report-cells.ts'
import { percent, significant } from '../../src/model/significant.ts'
import { cellKey } from './cell-key.ts'

interface QuantityProps extends Wanted {
  readonly cell: ReportCell
  /** Says what a withheld quantile needs, in words below the dash. */
  readonly isExplained?: boolean
}

/**
 * A number of the report, with its raw value and origin as data attributes: three significant digits, a share in
 * percent, a dash when it is absent or withheld.
 */
export function Quantity({ cell, metric, from, stat, repeat, isExplained = false }: QuantityProps) {
  const wanted = { metric, from, stat, ...(repeat === undefined ? {} : { repeat }) }
  const result = resultOf(cell, wanted)
  if (result?.value === undefined) {
    const needs = result?.withheld?.needs
    const why = needs === undefined ? 'no value' : `withheld: needs ${needs} values, has ${result?.n}`
    return (
      <span class="absent" title={why}>
        <span aria-hidden="true">–</span>
        <span class="hidden">{why}</span>
        {isExplained && needs !== undefined && (
          <small class="interval" aria-hidden="true">
            needs {needs}
          </small>
        )}
      </span>
    )
  }
  return (
    <data
      class="quantity"
      value={String(result.value)}
      data-metric={result.metric}
      data-stat={result.stat}
      data-q={result.q}
      data-from={result.from}
      data-cell={cellKey(cell)}
      data-repeat={String(result.repeat)}
      data-value={String(result.value)}
    >
      {result.unit === 'ratio' ? percent(result.value) : significant(result.value)}
    </data>
  )
}

/** The share of requests that failed or were dropped, also when no request was sent. */
export function ErrorShare({ cell }: { readonly cell: ReportCell }) {
  const wanted = { metric: 'error-rate', from: 'phase', stat: 'rate' } as const
  const share = errorShareOf(cell)
  if (resultOf(cell, wanted) !== undefined || share === undefined) return <Quantity cell={cell} {...wanted} />
  return <span class="quantity">{percent(share)}</span>
}
