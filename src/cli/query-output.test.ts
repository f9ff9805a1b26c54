import { expect, test } from 'vitest'
import type { QueryResult } from '../store/query.ts'
import { queryCsv, queryJson, queryTable } from './query-output.ts'

const result: QueryResult = {
  columns: ['name', 'n', 'list'],
  rows: [
    ['a "b", c', 1, [1, 2]],
    ['推論\x1b[31m', 1234.5, null],
    [null, null, { k: true }],
  ],
}

test('tables align columns, numbers to the right, and show no control character', () => {
  expect(queryTable(result)).toBe(
    [
      'name           n  list',
      '────────  ──────  ──────────',
      'a "b", c       1  [1,2]',
      '推論      1234.5',
      '                  {"k":true}',
      '',
    ].join('\n'),
  )
})

test('long cells are cut in tables only', () => {
  const long: QueryResult = { columns: ['x'], rows: [['y'.repeat(100)]] }
  expect(queryTable(long).split('\n')[2]).toBe(`${'y'.repeat(59)}…`)
  expect(queryCsv(long)).toBe(`x\r\n${'y'.repeat(100)}\r\n`)
})

test('CSV and JSON have everything', () => {
  expect(queryCsv(result)).toBe(
    'name,n,list\r\n"a ""b"", c",1,"[1,2]"\r\n推論\x1b[31m,1234.5,\r\n,,"{""k"":true}"\r\n',
  )
  expect(JSON.parse(queryJson(result))).toEqual([
    { name: 'a "b", c', n: 1, list: [1, 2] },
    { name: '推論\x1b[31m', n: 1234.5, list: null },
    { name: null, n: null, list: { k: true } },
  ])
})

test('no rows are no objects', () => {
  const none: QueryResult = { columns: ['x'], rows: [] }
  expect(queryJson(none)).toBe('[]\n')
  expect(queryTable(none)).toBe('x\n─\n')
  expect(queryTable({ columns: [], rows: [] })).toBe('')
})
