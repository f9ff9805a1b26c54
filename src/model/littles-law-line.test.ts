import { expect, test } from 'vitest'
import { reportExample } from '../../test/report-example.ts'
import { littlesLawLine } from './littles-law-line.ts'
import type { LittlesLaw, Report } from './report.ts'
import { reportCells } from './report-cells.ts'

const example = reportExample()
const [cell] = reportCells(example)
const [first, second] = cell?.runs ?? []

const law: LittlesLaw = {
  run: first?.id ?? '',
  id: 'littles-law',
  arrivalsPerSecond: 10,
  meanTimeMs: 800,
  product: 8,
  inFlight: 7.6,
  carriedIn: 0.1,
  carriedOut: 0.5,
  holds: true,
}

function line(...checks: readonly LittlesLaw[]): string | undefined {
  const report: Report = { ...example, checks }
  return cell === undefined ? undefined : littlesLawLine(report, cell)
}

test('a run that was not watched says what the edges of the window explain', () => {
  expect(line(law)).toBe(
    '10.0/s × 800 ms = 8.00 by Little’s law; 7.60 by the records, with what the edges of the window cut (+0.100 −0.500); not counted by the client',
  )
})

test('the client’s own count stands beside the records, and of several repeats the worst is told', () => {
  const counted = { readings: 1200, inFlight: 7.9, byRecords: 7.9, tolerance: 0.5 }
  expect(line({ ...law, counted })).toMatch(
    /; 7\.90 counted by the client in 1,200 readings, 7\.90 by the records at the same instants: they agree$/,
  )
  const worse = {
    ...law,
    run: second?.id ?? '',
    counted: { ...counted, inFlight: 9 },
    holds: false,
  }
  expect(line({ ...law, counted }, worse)).toMatch(
    /; 9\.00 counted .* 7\.90 by the records at the same instants: they differ; worst of 2 repeats$/,
  )
})

test('without a check there is no line', () => {
  expect(line({ ...law, run: 'another' })).toBeUndefined()
})
