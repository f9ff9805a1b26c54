import { expect, test } from 'vitest'
import { failedExample, hostile, quickExample, reportExample } from '../../test/report-example.ts'
import { type ReportCell, reportCells } from '../model/report-cells.ts'
import { makeColours } from './colours.ts'
import { ledgerSection } from './ledger-markdown.ts'
import { ledgerRows } from './ledger-rows.ts'
import { ledgerTable } from './ledger-text.ts'

const quick = quickExample()
const [cell] = reportCells(quick) as [ReportCell]

test('a closed loop begins with sending; the last row is the sum of the others', () => {
  const rows = ledgerRows(quick, cell)
  const total = rows.at(-1)
  const steps = rows.slice(0, -1)
  expect(rows.map(({ name }) => name)).toEqual(['send', 'first token', 'decode', 'tail', 'end to end'])
  // Every request of the example was taken up 0.05 ms before it was sent, and ended 0.4 ms after its last token.
  expect(steps[0]?.meanMs).toBeCloseTo(0.05, 6)
  expect(steps[3]?.meanMs).toBeCloseTo(0.4, 6)
  expect(steps.reduce((sum, { meanMs }) => sum + meanMs, 0)).toBeCloseTo(total?.meanMs ?? 0, 9)
  expect(steps.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1, 12)
})

test('an open loop begins with the wait for the client', () => {
  const report = reportExample()
  const names = reportCells(report).map((of) => ledgerRows(report, of)[0]?.name)
  expect(names).toEqual(['send', 'send', 'client wait', 'client wait'])
})

test('the tables show shares, means, quantiles and values, and a dash where a quantile is withheld', () => {
  const lines = ledgerTable(quick, cell, makeColours(false))
  expect(lines[0]?.split(/ {2,}/)).toEqual([
    'where the time goes, ms',
    'share',
    'mean',
    'p50',
    'p90',
    'p99',
    'values',
  ])
  expect(lines[4]?.split(/ {2,}/)).toEqual(['tail', '0.049 %', '0.400', '0.400', '0.400', '–', '200'])
  expect(ledgerSection(quick, cell)[1]).toContain('| tail | 0.049 % | 0.400 | 0.400 | 0.400 | – | 200 |')
})

test('the name of a step is literal in markdown', () => {
  const ledgers = quick.ledgers.map((ledger) => ({
    ...ledger,
    steps: ledger.steps.map((step) => ({ ...step, step: hostile.markup })),
  }))
  expect(ledgerSection({ ...quick, ledgers }, cell).join('\n')).not.toContain('<img')
})

test('where no request completed there is no ledger', () => {
  const failed = failedExample()
  const [of] = reportCells(failed) as [ReportCell]
  expect(ledgerRows(failed, of)).toEqual([])
  expect(ledgerTable(failed, of, makeColours(false))).toEqual([])
  expect(ledgerSection(failed, of)).toEqual([])
})
