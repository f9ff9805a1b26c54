import { expect, test } from 'vitest'
import { failed, record } from '../../test/builders.ts'
import { failedExample, hostile, reportExample } from '../../test/report-example.ts'
import { metrics } from '../metrics/index.ts'
import { reportCells, resultOf } from '../model/report-cells.ts'
import { summaryCsv } from './csv.ts'
import { csvCell, csvLine } from './csv-cell.ts'
import { metricColumns } from './csv-columns.ts'
import { requestsCsv } from './requests-csv.ts'

test.each([
  [undefined, ''],
  [-1.5, '-1.5'],
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@x', "'@x"],
  ['\tx', "'\tx"],
  ['\rx', `"'\rx"`],
  [hostile.formula, `"'=HYPERLINK(""http://127.0.0.1:9/"",""click"")"`],
])('the value %j is the cell %j', (value, cell) => {
  expect(csvCell(value)).toBe(cell)
})

function table(text: string) {
  const [head = '', ...rows] = text.trimEnd().split('\r\n')
  return rows.map((row) => {
    const cells = row.split(',')
    return new Map(head.split(',').map((name, i) => [name, cells[i]]))
  })
}

test('summary.csv has a row for each cell, with the very numbers of the report', () => {
  const report = reportExample()
  const rows = table(summaryCsv(report))
  expect(rows.map((row) => [row.get('target'), row.get('load')])).toEqual([
    ['vllm-fp8', 'steady'],
    ['llama.cpp-q4', 'steady'],
    ['vllm-fp8', 'arrivals'],
    ['llama.cpp-q4', 'arrivals'],
  ])
  for (const [i, cell] of reportCells(report).entries()) {
    const p95 = resultOf(cell, { metric: 'ttft', from: 'sent', stat: 0.95 })
    expect(rows[i]?.get('ttft_from_sent_p95_ms')).toBe(String(p95?.value))
    expect(rows[i]?.get('ttft_from_sent_p95_low_ms')).toBe(String(p95?.interval?.low))
    const rate = resultOf(cell, { metric: 'output-tokens-per-second-system', from: 'phase', stat: 'rate' })
    expect(rows[i]?.get('output_tokens_per_s_system')).toBe(String(rate?.value))
  }
  expect(rows[2]?.get('ttft_from_sent_p99_ms')).toBe('')
  expect(rows[0]?.get('ttft_from_intended_p50_ms')).toBe('')
})

test('the columns are the same whatever was measured, and no two share a name', () => {
  const [head] = summaryCsv(reportExample()).split('\r\n')
  expect(summaryCsv(failedExample()).split('\r\n')[0]).toBe(head)
  const names = head?.split(',') ?? []
  expect(new Set(names).size).toBe(names.length)
})

test('every metric of the table has its columns', () => {
  const covered = new Set(metricColumns.map(({ metric }) => metric))
  expect(metrics.filter(({ id }) => !covered.has(id))).toEqual([])
})

test('requests.csv gives instants in ms since the start and leaves absent values empty', () => {
  const lines = [
    ...requestsCsv(
      [
        record({ index: 3, sent: 12.5, at: [20, 30], end: 31.25, input: 128, output: 64, status: 200 }),
        record({ index: 4, sent: 13, end: 14, outcome: failed('http-status', hostile.formula), status: 500 }),
      ],
      { transport: 'http1', startNs: 10e6 },
    ),
  ]
  expect(lines).toHaveLength(3)
  const [first, second] = table(lines.join(''))
  expect(Object.fromEntries(first ?? [])).toMatchObject({
    index: '3',
    phase: 'measure',
    transport: 'http1',
    outcome: 'completed',
    intended_ms: '',
    sent_ms: '2.5',
    first_event_ms: '10',
    last_event_ms: '20',
    end_ms: '21.25',
    events: '2',
    output_tokens: '64',
    output_tokens_source: 'usage',
    message: '',
  })
  expect(Object.fromEntries(second ?? [])).toMatchObject({ outcome: 'failed', reason: 'http-status' })
  expect(lines[2]).toContain(`,"'=HYPERLINK(`)
})

test('a line ends as RFC 4180 asks', () => {
  expect(csvLine(['a', undefined, 1])).toBe('a,,1\r\n')
})
