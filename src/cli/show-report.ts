import type { Report } from '../model/report.ts'
import { reportJson } from '../report/json.ts'
import { reportText } from '../report/text.ts'
import type { Terminal } from './terminal.ts'

/** Prints a report on stdout: tables for people, or report.json and nothing else. */
export function showReport(report: Report, asJson: boolean, terminal: Terminal): void {
  terminal.out(asJson ? reportJson(report) : reportText(report, terminal.outColours))
}
