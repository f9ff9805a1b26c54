import { endpointLines } from '../../src/model/endpoint-lines.ts'
import type { Report } from '../../src/model/report.ts'
import type { ReportCell } from '../../src/model/report-cells.ts'

/** What each endpoint of the chosen cell's target did; nothing for targets with one. */
export function Endpoints({ report, cell }: { readonly report: Report; readonly cell: ReportCell }) {
  const lines = endpointLines(report, cell)
  return lines.length === 0 ? null : (
    <div class="hint">
      <strong>Endpoints:</strong>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  )
}
