import { expect, test } from 'vitest'
import { failedExample, reportExample } from '../../test/report-example.ts'
import { findingGroups, runLabel } from './finding-groups.ts'
import { commonTail, countsOf, errorShareOf, reportCells, resultOf } from './report-cells.ts'
import { verdictGroups } from './verdict-groups.ts'

const report = reportExample()
const cells = reportCells(report)

test('cells come by load, then target, with their repeats in order', () => {
  expect(cells.map(({ target, load, runs }) => [load, target, runs.map(({ repeat }) => repeat)])).toEqual([
    ['steady', 'vllm-fp8', [0, 1]],
    ['steady', 'llama.cpp-q4', [0, 1]],
    ['arrivals', 'vllm-fp8', [0, 1]],
    ['arrivals', 'llama.cpp-q4', [0, 1]],
  ])
})

test('a number is pooled unless a repeat is named, and a rate is a mean or a value', () => {
  const [cell] = cells
  if (cell === undefined) throw new Error('the example has cells')
  const rate = { metric: 'requests-per-second', from: 'phase', stat: 'rate' } as const
  const [first, second] = [0, 1].map((repeat) => resultOf(cell, { ...rate, repeat })?.value ?? 0)
  expect(resultOf(cell, rate)?.value).toBeCloseTo(((first ?? 0) + (second ?? 0)) / 2, 9)
  expect(resultOf(cell, { metric: 'ttft', from: 'sent', stat: 0.5 })?.q).toBe(0.5)
  expect(resultOf(cell, { metric: 'ttft', from: 'intended', stat: 0.5 })).toBeUndefined()
})

test('counts are summed over repeats', () => {
  expect(cells.map(countsOf).map(({ planned, failed }) => [planned, failed])).toEqual([
    [400, 0],
    [400, 6],
    [200, 0],
    [200, 2],
  ])
})

test('cells are compared by the highest tail that all of them have', () => {
  expect(commonTail(cells, 'ttft')).toBe(0.95)
  expect(commonTail(cells.slice(0, 2), 'ttft')).toBe(0.99)
  expect(commonTail(reportCells(failedExample()), 'ttft')).toBe(0.99)
})

test('the share of errors is known even when nothing was sent', () => {
  expect(reportCells(failedExample()).map(errorShareOf)).toEqual([1])
  expect(cells.map(errorShareOf)).toEqual([0, 0.015, 0, 0.01])
})

test('findings of one kind share their advice and say where they were found', () => {
  const errors = findingGroups(report).filter(({ code }) => code === 'errors')
  expect(errors.map(({ found }) => found.length)).toEqual([4])
  expect(errors[0]?.found[0]?.where).toBe('llama.cpp-q4 / steady, repeat 1')
  expect(runLabel(report, 'nowhere')).toBe('nowhere')
})

test('equal verdicts are one group, the worst first', () => {
  expect(verdictGroups(report).map(({ verdict, runs }) => [verdict, runs.length])).toEqual([
    ['degraded', 4],
    ['trusted', 4],
  ])
})
