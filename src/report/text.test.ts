import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { record, runData } from '../../test/builders.ts'
import { failedExample, hostile, quickExample, reportExample } from '../../test/report-example.ts'
import { analyze } from '../analyze/analyze.ts'
import type { Report } from '../model/report.ts'
import type { Verdict } from '../model/verdict.ts'
import { columnsOf, cutTo, padTo, printable, wrapped } from './terminal-text.ts'
import { reportText, textColumns } from './text.ts'

const long = '非常に長い名前'.repeat(9)
const longNamed = JSON.parse(JSON.stringify(reportExample()).replaceAll('vllm-fp8', long)) as Report

test.each([
  ['several cells', reportExample()],
  ['one cell', quickExample()],
  ['no answer at all', failedExample()],
  ['names wider than the terminal', longNamed],
])('every line of a report with %s fits 80 columns', (_, report) => {
  const lines = reportText(report, false).split('\n')
  expect(lines.length).toBeGreaterThan(15)
  expect(lines.filter((line) => columnsOf(line) > textColumns)).toEqual([])
})

test('colour codes are written only when asked for', () => {
  const [plain, coloured] = [reportText(reportExample(), false), reportText(reportExample(), true)]
  expect(plain).not.toContain('\u001b')
  expect(coloured).toContain('\u001b[')
  expect(stripVTControlCharacters(coloured)).toBe(plain)
})

test('no text of a server reaches the terminal as a control character', () => {
  const shown = reportText(reportExample(), false)
  expect([...shown].filter((character) => /\p{Cc}/u.test(character) && character !== '\n')).toEqual([])
  expect(shown).toContain('overloaded | **now** | `x`')
  expect(shown).not.toContain('owned')
})

test('an open loop has rows from sent and from intended, a closed loop one row', () => {
  const shown = reportText(reportExample(), false)
  expect(shown.match(/^TTFT ms ↓ from sent /gm)).toHaveLength(2)
  expect(shown.match(/^TTFT ms ↓ from intended /gm)).toHaveLength(2)
  expect(shown.match(/^TTFT ms ↓ {3}/gm)).toHaveLength(2)
})

test('a withheld quantile is a dash, and a note says what it needs', () => {
  const shown = reportText(reportExample(), false)
  expect(shown).toContain('– p99 of TTFT, TPOT, E2E needs 368 values, has 200')
  expect(shown).toMatch(/^TTFT ms ↓ from sent .* – {6}200$/m)
})

test('rates say their scope and direction, per GPU only where GPUs were declared', () => {
  const shown = reportText(reportExample(), false)
  expect(shown.match(/(?<!\+ )output tok\/s, system ↑/g)).toHaveLength(4)
  expect(shown.match(/output tok\/s, per GPU ↑/g)).toHaveLength(2)
})

test('notices, counts, findings, advice and first error messages are there', () => {
  const shown = reportText(quickExample(), false)
  expect(shown).toContain('200 planned = 200 completed + 0 failed + 0 cancelled + 0 dropped')
  const failed = reportText(failedExample(), false)
  expect(failed).toContain('notice    simulated: timings come from a formula, not from a model')
  expect(failed).toContain('✗ invalid  errors')
  expect(failed).toContain('→ Read the errors of the report')
  expect(failed).toContain(`216 × connect         ${hostile.markup.slice(0, 20)}`)
})

test('more than six cells leave details to the files', () => {
  const report = reportExample()
  const copies = ['a', 'b'].flatMap((name) =>
    report.loads.map((load) => ({ ...load, name: load.name + name })),
  )
  const many: Report = {
    ...report,
    loads: [...report.loads, ...copies],
    runs: ['', 'a', 'b'].flatMap((name) => report.runs.map((run) => ({ ...run, load: run.load + name }))),
  }
  const shown = reportText(many, false)
  expect(shown).toContain('Details of all 12 cells: report.html and summary.csv.')
  expect(shown).toContain('notice    llama.cpp-q4: simulated: timings come from a formula')
})

test.each([
  ['plain', 5],
  ['日本', 4],
  ['👩‍👩‍👧', 2],
  ['e\u0301', 1],
  ['ﬁ–…', 3],
])('%s takes %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns)
})

test('text is cut, padded and wrapped by columns, not by characters', () => {
  expect(cutTo('日本語', 5)).toBe('日本…')
  expect(padTo('日本', 6, 'start')).toBe('  日本')
  expect(wrapped('one two 日本語日本語', 8)).toEqual(['one two', '日本語日', '本語'])
  expect(printable('a\u001b[31mb\u0007\u202ec\n d')).toBe('a b c d')
})

/** The report of one quick run with another stamp. */
function stamped(verdict: Verdict['verdict'], reasons: readonly string[]): Report {
  const report = quickExample()
  const stamps = report.verdicts.map((stamp) => ({
    ...stamp,
    verdict,
    reasons,
    error: { ttftBiasMs: 0.3, ttftP99Ms: 0.9 },
    usefulCpuShare: 0.41,
    affected: { requests: 3, seconds: 1 },
  }))
  return { ...report, verdicts: stamps }
}

test('the stamp stands above the numbers, with why', () => {
  const shown = reportText(stamped('degraded', ['A thread was late.', 'Another one too.']), false)
  expect(shown.split('\n').slice(2, 8)).toEqual([
    '',
    "degraded      TTFT +0.3 ms, p99 of the client's own error 0.9 ms; client used 41",
    '              % of its cores; 3 requests touched in 1 unhealthy second',
    '              - A thread was late.',
    '              - Another one too.',
    '',
  ])
})

test('more than four reasons are left to the findings', () => {
  const shown = reportText(stamped('client-bound', ['a', 'b', 'c', 'd', 'e', 'f']), false)
  expect(shown).toContain('              - d\n              - 2 more: see the findings\n')
})

test('a stamp on several runs says on how many', () => {
  expect(reportText(reportExample(), false)).toContain('(4 runs)')
})

test('where a server bundles tokens, gaps between events and between tokens stand apart', () => {
  const records = Array.from({ length: 50 }, (_, index) =>
    record({
      index,
      sent: index,
      at: [index + 10, index + 16, index + 22],
      tokens: [2, 2, 2],
      end: index + 23,
      input: 8,
      output: 6,
    }),
  )
  const head = {
    assay: '0.1.0',
    created: '2026-01-02T03:04:05.000Z',
    study: { name: 's', seed: 1, repeats: 1 },
  }
  const lines = reportText(analyze([runData(records)], head), false).split('\n')
  const rowOf = (name: string) => lines.find((line) => line.startsWith(name))?.split(/\s{2,}/)
  expect(rowOf('ITL event ms')?.[1]).toBe('6.00')
  expect(rowOf('ITL token ms')?.[1]).toBe('3.00')
  expect(lines).toContain('events    2.00 tokens each on average')
  const plain = reportText(quickExample(), false)
  expect(plain).toMatch(/^ITL ms/m)
  expect(plain).not.toMatch(/ITL token|tokens each/)
})

test('differences stand a metric a line, with the digits that their intervals bear', () => {
  const { differences: _, ...rest } = reportExample()
  const one = { workload: 'w', load: 'c8', target: 'b', against: 'a', unit: 'ms' as const, pairs: 40 }
  const interval = { low: -0.00442, high: 0.0061 }
  const report: Report = {
    ...rest,
    differences: [
      {
        ...one,
        metric: 'ttft',
        value: 1.1423,
        interval: { low: 0.957, high: 1.43 },
        ratio: { value: 1.1, interval: { low: 1.08, high: 1.12 } },
      },
      { ...one, metric: 'tpot', value: 0.000468, interval },
    ],
  }
  const shown = reportText(report, false)
  expect(shown).toMatch(/^ {4}TTFT {2}\+1\.14 ms \[\+0\.96, \+1\.43\] +1\.100x \[1\.080, 1\.120\] +slower$/m)
  expect(shown).toMatch(/^ {4}TPOT {2}\+0\.0005 ms \[−0\.0044, \+0\.0061\] +not shown$/m)
})
