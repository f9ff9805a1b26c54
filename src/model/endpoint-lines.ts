import type { Report } from './report.ts'
import type { ReportCell } from './report-cells.ts'
import { significant, wholeNumber } from './significant.ts'

/** What each endpoint of a cell's target did, a line each; of several repeats run by run. */
export function endpointLines(report: Report, cell: ReportCell): string[] {
  return cell.runs.flatMap(({ id, repeat }) =>
    report.endpoints
      .filter(({ run }) => run === id)
      .map(({ url, requests, completed, ttftP50Ms, itlP50Ms, outputTokensPerSecond }) =>
        [
          `${cell.runs.length > 1 ? `repeat ${repeat + 1}, ` : ''}${url}: ${wholeNumber(requests)} requests`,
          ...(completed === requests ? [] : [`${wholeNumber(completed)} completed`]),
          ...(ttftP50Ms === undefined ? [] : [`TTFT p50 ${significant(ttftP50Ms)} ms`]),
          ...(itlP50Ms === undefined ? [] : [`ITL p50 ${significant(itlP50Ms)} ms`]),
          ...(outputTokensPerSecond === undefined
            ? []
            : [`${significant(outputTokensPerSecond)} output tok/s`]),
        ].join(', '),
      ),
  )
}
