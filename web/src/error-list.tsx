import { runLabel } from '../../src/model/finding-groups.ts'
import type { Report } from '../../src/model/report.ts'
import { wholeNumber } from '../../src/model/significant.ts'
import { ScrollTable } from './scroll-table.tsx'

/** Failed requests, alike ones together. Messages are the servers' own words and shown as text only. */
export function ErrorList({ report }: { readonly report: Report }) {
  if (report.errors.length === 0) return null
  return (
    <section aria-labelledby="errors-heading">
      <h2 id="errors-heading">Errors</h2>
      <p class="hint">Failed requests by kind, warm-up included, each with the message of the first.</p>
      <ScrollTable label="Errors" kind="errors">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Requests</th>
            <th scope="col">Kind</th>
            <th scope="col">First message</th>
          </tr>
        </thead>
        <tbody>
          {report.errors.map(({ run, kind, status, n, example }) => (
            <tr key={`${run} ${kind} ${status}`}>
              <th scope="row">{runLabel(report, run)}</th>
              <td>{wholeNumber(n)}</td>
              <td>
                {kind} {status}
              </td>
              <td>
                <code>{example}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </section>
  )
}
