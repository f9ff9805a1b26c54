import type { Report } from '../../src/model/report.ts'
import { countsOf, type ReportCell, resultOf } from '../../src/model/report-cells.ts'
import { wholeNumber } from '../../src/model/significant.ts'
import { HeadlineCards } from './headline-cards.tsx'
import { LatencyTable } from './latency-table.tsx'
import { RateTable } from './rate-table.tsx'
import { RepeatsTable } from './repeats-table.tsx'

function About({ report, cell }: { readonly report: Report; readonly cell: ReportCell }) {
  const target = report.targets.find(({ name }) => name === cell.target)
  const workload = report.workloads.find(({ name }) => name === cell.workload)
  const load = report.loads.find(({ name }) => name === cell.load)
  // The masthead shows those of a single target right above.
  const own = report.targets.length > 1 ? (target?.notices ?? []) : []
  const notices = [...own, ...(workload?.notices ?? [])]
  return (
    <>
      <p class="about">
        <strong>{cell.target}</strong> serves {target?.model ?? 'a model'} over{' '}
        {target?.dialect ?? 'its dialect'}; workload {cell.workload} ({workload?.description}); load{' '}
        {cell.load}: {load?.description} ({load?.loop} loop)
        {cell.runs.length > 1 ? `; ${cell.runs.length} repeats pooled.` : '.'}
      </p>
      {notices.map((notice) => (
        <p key={notice} class="notice">
          {notice}
        </p>
      ))}
    </>
  )
}

function Counts({ cell }: { readonly cell: ReportCell }) {
  const counts = countsOf(cell)
  const parts = ['completed', 'failed', 'cancelled', 'dropped'] as const
  return (
    <figure class="counts">
      <figcaption>
        <strong>{wholeNumber(counts.planned)}</strong> requests planned
      </figcaption>
      <div class="counts-bar" aria-hidden="true">
        {parts
          .filter((part) => counts[part] > 0)
          .map((part) => (
            <span key={part} class={part} style={{ flexGrow: counts[part] }} />
          ))}
      </div>
      <ul>
        {parts.map((part) => (
          <li key={part} class={counts[part] === 0 ? 'zero' : part}>
            <strong>{wholeNumber(counts[part])}</strong> {part}
          </li>
        ))}
      </ul>
    </figure>
  )
}

/** Everything about one cell that is a number. */
export function CellSection({ report, cell }: { readonly report: Report; readonly cell: ReportCell }) {
  const hasLatencies = resultOf(cell, { metric: 'e2e-latency', from: 'sent', stat: 'mean' }) !== undefined
  return (
    <>
      <About report={report} cell={cell} />
      <HeadlineCards cell={cell} />
      <Counts cell={cell} />
      {hasLatencies ? (
        <LatencyTable cell={cell} metrics={report.metrics} />
      ) : (
        <p class="empty">
          No request of this cell was answered, so there are no latencies. See the errors below.
        </p>
      )}
      <RateTable cell={cell} metrics={report.metrics} />
      <RepeatsTable cell={cell} />
    </>
  )
}
