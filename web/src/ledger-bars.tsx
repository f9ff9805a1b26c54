import { stepMs, stepShare } from '../../src/model/ledger-number.ts'
import type { Report } from '../../src/model/report.ts'
import { ledgerOf, type ReportCell } from '../../src/model/report-cells.ts'
import { significant } from '../../src/model/significant.ts'
import { cellKey } from './cell-key.ts'

/** Steps in order of time and how each looks; the colours of the page are six, so the first one is striped. */
const looks: Readonly<Record<string, string>> = {
  'client-wait': 'c5 striped',
  connect: 'c3',
  send: 'c4',
  headers: 'c0',
  'first-token': 'c1',
  decode: 'c2',
  tail: 'c5',
}

/** The look of a step: CSS classes. */
export function lookOf(step: string): string {
  return looks[step] ?? 'c5 striped'
}

/** A step's name for people. */
export function stepName(step: string): string {
  return step.replaceAll('-', ' ')
}

interface LedgerBarsProps {
  readonly report: Report
  readonly cells: readonly ReportCell[]
  readonly chosen: ReportCell
}

/** A bar for each cell: how its mean end-to-end time divides among the steps. */
export function LedgerBars({ report, cells, chosen }: LedgerBarsProps) {
  const drawn = cells.flatMap((cell) => {
    const ledger = ledgerOf(report, cell)
    return ledger === undefined ? [] : [{ cell, ledger }]
  })
  const present = Object.keys(looks).filter((name) =>
    drawn.some(({ ledger }) => ledger.steps.some(({ step }) => step === name)),
  )
  const nameOf = (cell: ReportCell) =>
    [cell.target, ...(report.workloads.length > 1 ? [cell.workload] : []), cell.load].join(' / ')
  return (
    <figure class="chart ledger">
      <div class="panel-head">
        <figcaption>Mean end-to-end time, by step</figcaption>
        <ul class="legend">
          {present.map((step) => (
            <li key={step}>
              <span class={`swatch ${lookOf(step)}`} aria-hidden="true" />
              {stepName(step)}
            </li>
          ))}
        </ul>
      </div>
      <ul class="ledger-cells">
        {drawn.map(({ cell, ledger }) => {
          const told = ledger.steps.map(({ step, share }) => `${stepName(step)} ${stepShare(share ?? 0)}`)
          return (
            <li key={cellKey(cell)} class={cellKey(cell) === cellKey(chosen) ? 'chosen' : ''}>
              <span class="ledger-name">
                {nameOf(cell)} <span class="quiet">{significant(ledger.meanMs)} ms</span>
              </span>
              <div class="ledger-bar" role="img" aria-label={`${nameOf(cell)}: ${told.join(', ')}`}>
                {ledger.steps.map(({ step, share, meanMs }) => (
                  <span
                    key={step}
                    class={lookOf(step)}
                    style={{ flexGrow: share ?? 0 }}
                    title={`${stepName(step)}: ${stepShare(share ?? 0)}, ${stepMs(meanMs)} ms`}
                  />
                ))}
              </div>
            </li>
          )
        })}
      </ul>
    </figure>
  )
}
