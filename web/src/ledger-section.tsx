import { stepMs, stepShare } from '../../src/model/ledger-number.ts'
import { littlesLawLine } from '../../src/model/littles-law-line.ts'
import type { Report } from '../../src/model/report.ts'
import { ledgerOf, type ReportCell } from '../../src/model/report-cells.ts'
import { quantileName, wholeNumber } from '../../src/model/significant.ts'
import { LedgerBars, lookOf, stepName } from './ledger-bars.tsx'
import { Quantity } from './quantity.tsx'
import { ScrollTable } from './scroll-table.tsx'

const quantiles = [0.5, 0.9, 0.99] as const

interface LineProps {
  readonly cell: ReportCell
  readonly metric: string
  readonly name: string
  readonly look?: string
  readonly share: number | undefined
  readonly meanMs: number
  readonly n: number
}

function Line({ cell, metric, name, look, share, meanMs, n }: LineProps) {
  return (
    <tr>
      <th scope="row">
        {look !== undefined && <span class={`swatch ${look}`} aria-hidden="true" />}
        {name}
      </th>
      <td>{share === undefined ? '–' : stepShare(share)}</td>
      <td>{stepMs(meanMs)}</td>
      {quantiles.map((stat) => (
        <td key={stat}>
          <Quantity {...{ cell, metric, from: 'sent', stat }} isExplained={look === undefined} />
        </td>
      ))}
      <td class="quiet">{wholeNumber(n)}</td>
    </tr>
  )
}

interface LedgerSectionProps {
  readonly report: Report
  readonly cells: readonly ReportCell[]
  readonly cell: ReportCell
}

/** Where the time of requests goes: bars to compare the cells, numbers of the chosen one, and their check. */
export function LedgerSection({ report, cells, cell }: LedgerSectionProps) {
  const ledger = ledgerOf(report, cell)
  const law = littlesLawLine(report, cell)
  if (ledger === undefined) return null
  return (
    <section class="figure-section" aria-labelledby="ledger-heading">
      <h3 id="ledger-heading">Where the time goes</h3>
      <p class="hint">
        Milliseconds, of completed requests. The steps of a request follow each other without a gap. Shares
        and means are of all requests and add up; quantiles are of those in which the step took place, and do
        not.
      </p>
      <LedgerBars report={report} cells={cells} chosen={cell} />
      <ScrollTable label="Where the time goes" kind="ledger">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">share</th>
            <th scope="col">mean</th>
            {quantiles.map((q) => (
              <th key={q} scope="col">
                {quantileName(q)}
              </th>
            ))}
            <th scope="col">values</th>
          </tr>
        </thead>
        <tbody>
          {ledger.steps.map(({ step, ...line }) => (
            <Line
              key={step}
              cell={cell}
              name={stepName(step)}
              look={lookOf(step)}
              share={undefined}
              {...line}
            />
          ))}
          <Line
            cell={cell}
            metric="ledger-end-to-end"
            name="end to end"
            share={ledger.meanMs === 0 ? undefined : 1}
            meanMs={ledger.meanMs}
            n={ledger.requests}
          />
        </tbody>
      </ScrollTable>
      {law !== undefined && <p class="hint check">Requests in flight: {law}.</p>}
    </section>
  )
}
