import { useState } from 'preact/hooks'
import type { Report } from '../../src/model/report.ts'
import { reportCells } from '../../src/model/report-cells.ts'
import { type CellChoice, isChosen } from './cell-key.ts'
import { CellPicker } from './cell-picker.tsx'
import { CellSection } from './cell-section.tsx'
import { Comparison } from './comparison.tsx'
import { Definitions } from './definitions.tsx'
import { Differences } from './differences.tsx'
import { Endpoints } from './endpoints.tsx'
import { Environment } from './environment.tsx'
import { ErrorList } from './error-list.tsx'
import { Figures } from './figures.tsx'
import { Findings } from './findings.tsx'
import { LedgerSection } from './ledger-section.tsx'
import { Masthead } from './masthead.tsx'
import { ServerCounters } from './server-counters.tsx'

/** The whole report: what was concluded first, then one cell at a time, then where the numbers come from. */
export function ReportPage({ report }: { readonly report: Report }) {
  const cells = reportCells(report)
  const [choice, setChoice] = useState<CellChoice | undefined>(cells[0])
  const cell = choice === undefined ? undefined : cells.find((other) => isChosen(other, choice))
  return (
    <>
      <Masthead report={report} />
      <main>
        {cells.length > 1 && choice !== undefined && (
          <Comparison report={report} cells={cells} choice={choice} onChoose={setChoice} />
        )}
        <Differences report={report} />
        {choice !== undefined && (
          <section aria-labelledby="cell-heading">
            <h2 id="cell-heading">{cells.length > 1 ? 'One cell in detail' : 'Results'}</h2>
            <CellPicker report={report} choice={choice} onChoose={setChoice} />
            {cell === undefined ? (
              <p class="empty">This combination was not run.</p>
            ) : (
              <>
                <CellSection report={report} cell={cell} />
                <ServerCounters report={report} cell={cell} />
                <Endpoints report={report} cell={cell} />
                <LedgerSection report={report} cells={cells} cell={cell} />
                <Figures report={report} cells={cells} cell={cell} />
              </>
            )}
          </section>
        )}
        <Findings report={report} />
        <ErrorList report={report} />
        <Environment report={report} />
        <Definitions report={report} />
      </main>
      <footer>
        <p>Made by Assay {report.assay}. This file holds all its data and sends nothing anywhere.</p>
      </footer>
    </>
  )
}
