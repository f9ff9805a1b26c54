import type { Report, Series } from '../../src/model/report.ts'
import type { ReportCell } from '../../src/model/report-cells.ts'

/** Along which axis of the study figures draw one line each. */
export type LinesBy = 'target' | 'load'

/** One thing in a figure: its cell's curves, one for each repeat that has one. */
export interface FigureLine {
  readonly name: string
  /** Position among all targets or loads, which decides colour and dash. */
  readonly position: number
  readonly cell: ReportCell
}

/** The cells that are drawn together with the chosen one. */
export function figureLines(
  report: Report,
  cells: readonly ReportCell[],
  chosen: ReportCell,
  by: LinesBy,
): FigureLine[] {
  const names = by === 'target' ? report.targets : report.loads
  const other = by === 'target' ? 'load' : 'target'
  return cells
    .filter((cell) => cell.workload === chosen.workload && cell[other] === chosen[other])
    .map((cell) => ({
      name: cell[by],
      position: names.findIndex(({ name }) => name === cell[by]),
      cell,
    }))
}

/** The curves of one line, by repeat. */
export function curvesOf(report: Report, line: FigureLine, id: string): Series[] {
  return line.cell.runs.flatMap((run) => {
    const curve = report.series.find((series) => series.run === run.id && series.id === id)
    return curve === undefined || curve.x.length === 0 ? [] : [curve]
  })
}

/** The share (0..1) of values that are at most `x`, on a curve of points of a distribution function. */
export function shareAt(curve: Series, x: number): number {
  let share = 0
  for (let i = 0; i < curve.x.length; i++) {
    if ((curve.x[i] ?? 0) > x) break
    share = curve.y[i] ?? share
  }
  return share
}

/** The smallest value that at least this share (0..1) of values does not exceed. */
export function valueAtShare(curve: Series, share: number): number | undefined {
  const at = curve.y.findIndex((y) => y >= share)
  return curve.x[at]
}

/** A curve's y where x is nearest. */
export function nearest(curve: Series, x: number): number | undefined {
  let best = 0
  for (let i = 1; i < curve.x.length; i++) {
    if (Math.abs((curve.x[i] ?? 0) - x) < Math.abs((curve.x[best] ?? 0) - x)) best = i
  }
  return curve.y[best]
}
