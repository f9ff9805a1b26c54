import { useState } from 'preact/hooks'
import type { Report } from '../../src/model/report.ts'
import type { ReportCell } from '../../src/model/report-cells.ts'
import { Choice } from './choice.tsx'
import { DistributionFigure } from './distribution-figure.tsx'
import { figureLines, type LinesBy } from './figure-lines.ts'
import { TimeFigure } from './time-figure.tsx'

interface FiguresProps {
  readonly report: Report
  readonly cells: readonly ReportCell[]
  readonly cell: ReportCell
}

/** The curves of a cell, beside those of the other targets under the same load, or of its other loads. */
export function Figures({ report, cells, cell }: FiguresProps) {
  const [wanted, setWanted] = useState<LinesBy>(
    report.targets.length === 1 && report.loads.length > 1 ? 'load' : 'target',
  )
  const lines = figureLines(report, cells, cell, wanted)
  const isChoice = report.targets.length > 1 && report.loads.length > 1
  const what = wanted === 'target' ? `load ${cell.load}` : cell.target
  return (
    <>
      {isChoice && (
        <div class="picker figures">
          <Choice
            label="Figures compare"
            options={[
              { key: 'target', title: 'targets' },
              { key: 'load', title: 'loads' },
            ]}
            chosen={wanted}
            onChoose={(key) => setWanted(key)}
          />
        </div>
      )}
      <DistributionFigure report={report} lines={lines} what={what} />
      <TimeFigure report={report} lines={lines} cell={cell} what={what} />
    </>
  )
}
