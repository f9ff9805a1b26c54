import type { Report } from '../../src/model/report.ts'
import type { ReportCell } from '../../src/model/report-cells.ts'
import { serverCountersLine } from '../../src/model/server-counters-line.ts'

/** What the server itself counted of the chosen cell; nothing for servers without a metrics page. */
export function ServerCounters({ report, cell }: { readonly report: Report; readonly cell: ReportCell }) {
  const line = serverCountersLine(report, cell)
  return line === undefined ? null : (
    <p class="hint">
      <strong>The server’s own counters:</strong> {line}.
    </p>
  )
}
