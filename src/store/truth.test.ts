import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Truth, TruthRequest } from '../model/truth.ts'
import { openDuckDb } from './duckdb.ts'
import { readTruth, writeTruth } from './truth.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-truth-'))
afterAll(() => rmSync(folder, { recursive: true }))

const truth: Truth = {
  // Beyond what a double holds exactly.
  epochMonotonicNs: '9007199254740993',
  unlogged: 3,
  requests: [
    {
      requestId: 'run-7',
      connection: 2,
      position: 1,
      arrivalNs: 1_000_001,
      headersNs: 1_000_777,
      // 1,400 ns after the first, twice: each gap alone would round to 1 us, together they are 3.
      eventNs: [5_000_123, 5_001_523, 5_002_923, 5_002_923],
      tokens: 4,
      complete: true,
    },
    {
      requestId: 'no index',
      connection: 0,
      position: 0,
      fault: 'cut@3',
      arrivalNs: -20,
      headersNs: 10,
      eventNs: [40, 90_040],
      eventTokens: [100_000, 0],
      eventPrompts: [3, 1],
      tokens: 100_000,
      complete: false,
    },
    { connection: 3, position: 0, arrivalNs: 2_000_000, eventNs: [], tokens: 0, complete: false },
  ],
}

test('what is written comes back, later instants to the microsecond', async () => {
  const path = join(folder, 'truth.parquet')
  await writeTruth(path, truth)
  const [first, ...others] = truth.requests
  expect(await readTruth(path)).toEqual({
    ...truth,
    requests: [{ ...first, eventNs: [5_000_123, 5_001_123, 5_003_123, 5_003_123] }, ...others],
  })
  expect(readdirSync(folder)).toEqual(['truth.parquet'])
})

test('the columns are those of events.parquet, and the request is the index in its id', async () => {
  const path = join(folder, 'columns.parquet')
  await writeTruth(path, truth)
  const database = await openDuckDb({ memoryShare: 0.5, memoryLimitMb: 256, threads: 1 })
  const query = async (sql: string) => (await database.connection.runAndReadAll(sql)).getRowsJson()
  const rows = await query(
    `SELECT request_id, request, first_ns, gap_us, tokens, flags FROM '${path}' ORDER BY connection`,
  )
  const types = await query(`SELECT typeof(request), typeof(gap_us), typeof(flags) FROM '${path}' LIMIT 1`)
  database.close()
  expect(rows).toEqual([
    ['no index', null, '40', [0, 90], [100_000, 0], [1, 8]],
    ['run-7', 7, '5000123', [0, 1, 2, 0], [1, 1, 1, 1], [1, 1, 1, 17]],
    [null, null, null, [], [], []],
  ])
  expect(types).toEqual([['UINTEGER', 'UINTEGER[]', 'UTINYINT[]']])
})

test('keeps the order of arrival over many chunks', async () => {
  const path = join(folder, 'many.parquet')
  const requests = Array.from(
    { length: 5000 },
    (_, i): TruthRequest => ({
      requestId: `r-${i}`,
      connection: i,
      position: 0,
      arrivalNs: i,
      eventNs: [i * 1000],
      tokens: 1,
      complete: true,
    }),
  )
  await writeTruth(path, { epochMonotonicNs: '0', unlogged: 0, requests })
  expect((await readTruth(path)).requests).toEqual(requests)
})

test('another Parquet file, no Parquet file and a folder that is absent are refused in words', async () => {
  const path = join(folder, 'other.parquet')
  const database = await openDuckDb({ memoryShare: 0.5, memoryLimitMb: 256, threads: 1 })
  await database.connection.run(`COPY (SELECT 1 AS a) TO '${path}' (FORMAT parquet)`)
  database.close()
  await expect(readTruth(path)).rejects.toMatchObject({ code: 'not-a-truth' })
  writeFileSync(join(folder, 'text'), 'no parquet')
  await expect(readTruth(join(folder, 'text'))).rejects.toMatchObject({ code: 'storage', exitCode: 5 })
  await expect(writeTruth(join(folder, 'absent', 'truth.parquet'), truth)).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('absent/truth.parquet'),
  })
})
