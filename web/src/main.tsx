import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './style/theme.css'
import './style/page.css'
import './style/masthead.css'
import './style/table.css'
import './style/controls.css'
import './style/cards.css'
import './style/figure.css'
import './style/ledger.css'
import './style/sections.css'
import './style/narrow.css'
import './style/print.css'
import { type Report, reportSchema } from '../../src/model/report.ts'
import { ReportPage } from './report-page.tsx'
import { watchTheme } from './theme.ts'

/** The report inside the page; `undefined` when it is missing or of another version. */
function embeddedReport(): Report | undefined {
  const text = document.getElementById('assay-report')?.textContent
  const report = text ? (JSON.parse(text) as Report) : undefined
  return report?.schema === reportSchema ? report : undefined
}

const root = document.getElementById('app')
if (root !== null) {
  root.replaceChildren()
  watchTheme()
  const report = embeddedReport()
  render(
    report === undefined ? (
      <p class="empty">This page holds no report that it can read ({reportSchema}).</p>
    ) : (
      <ReportPage report={report} />
    ),
    root,
  )
}
