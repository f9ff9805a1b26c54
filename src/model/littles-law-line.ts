import type { LittlesLaw, Report } from './report.ts'
import type { ReportCell } from './report-cells.ts'
import { significant, wholeNumber } from './significant.ts'

/** How far apart the two sides of a check are: the client's count where there is one, else the edges of the window. */
function distance({ counted, inFlight, product }: LittlesLaw): number {
  return counted === undefined ? Math.abs(inFlight - product) : Math.abs(counted.inFlight - counted.byRecords)
}

/** Little's law in the runs of a cell, in one line; of several repeats the worst one. Absent: nothing to check. */
export function littlesLawLine(report: Report, cell: ReportCell): string | undefined {
  const own = report.checks
    .filter(({ run }) => cell.runs.some(({ id }) => id === run))
    .sort((a, b) => Number(a.holds) - Number(b.holds) || distance(b) - distance(a))
  const [worst] = own
  if (worst === undefined) return undefined
  const { arrivalsPerSecond, meanTimeMs, product, inFlight, carriedIn, carriedOut, counted, holds } = worst
  return [
    `${significant(arrivalsPerSecond)}/s × ${significant(meanTimeMs)} ms = ${significant(product)} by Little’s law`,
    counted === undefined
      ? `${significant(inFlight)} by the records, with what the edges of the window cut (+${significant(carriedIn)} −${significant(carriedOut)}); not counted by the client`
      : `${significant(counted.inFlight)} counted by the client in ${wholeNumber(counted.readings)} readings, ${significant(counted.byRecords)} by the records at the same instants: they ${holds ? 'agree' : 'differ'}`,
    ...(own.length > 1 ? [`worst of ${own.length} repeats`] : []),
  ].join('; ')
}
