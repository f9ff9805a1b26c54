import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../test/builders.ts'
import { errorKinds } from '../model/record.ts'
import { outcomeCodes, type RecordBlock, type RequestColumn, requestColumns } from '../model/record-block.ts'
import type { Run } from '../model/run.ts'
import { convertRun } from './convert.ts'
import { openDuckDb } from './duckdb.ts'
import { openJournal } from './journal.ts'
import { createRunFolder, createStudyFolder, journalPath, runPaths, studyPaths } from './layout.ts'
import { openSampleLog } from './line-log.ts'
import { query } from './query.ts'
import { readRun } from './read.ts'
import { writeRun } from './run-json.ts'
import { writeFrozenWorkload } from './workload-file.ts'

let scratch = ''
let made = 0
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'assay-store-test-'))
})
afterAll(() => rm(scratch, { recursive: true }))

/** A row's numbers and strings. */
type Row = Partial<Record<RequestColumn, number>> & { readonly detail?: object }
/** Request, instant in ns, the text of one event, and its prompt. */
type Event = readonly [request: number, atNs: number, text?: string, prompt?: number]

function blockOf(worker: number, events: readonly Event[], rows: readonly Row[]): RecordBlock {
  const texts = events.map(([, , text]) => Buffer.from(text ?? ''))
  return {
    worker,
    events: {
      count: events.length,
      request: Uint32Array.from(events, ([request]) => request),
      atNs: Float64Array.from(events, ([, atNs]) => atNs),
      tokens: Uint16Array.from(events, () => 2),
      flags: Uint8Array.from(events, () => 1),
      prompt: Uint16Array.from(events, ([, , , prompt]) => prompt ?? 0),
      textBytes: Uint32Array.from(texts, (text) => text.length),
    },
    text: Buffer.concat(texts),
    requests: {
      count: rows.length,
      rows: Float64Array.from(
        rows.flatMap((row) => requestColumns.map((column) => row[column] ?? Number.NaN)),
      ),
      details: rows.map(({ detail }) => (detail === undefined ? '' : JSON.stringify(detail))),
    },
  }
}

const lines = [
  '{"id":0,"input":{"kind":"prompt","text":"a"},"output":{"tokens":5,"mode":"exact"},"sampling":{},' +
    '"inputTokens":{"value":7,"source":"tokenizer"}}',
  '{"id":1,  "input":{"kind":"prompt","text":"\\u0000 é \u2028"},"output":{"tokens":6,"mode":"up-to"},"sampling":{}}',
]

const { completed, failed, dropped, inFlight } = Object.fromEntries(
  outcomeCodes.map((name, code) => [name, code]),
) as Record<(typeof outcomeCodes)[number], number>

/** A run of two workers and four requests as it lies on disk when the load is over. */
async function newRun(init: Partial<Run> = {}): Promise<string> {
  const folder = join(scratch, `run-${made++}`)
  await createRunFolder(folder)
  writeRun(folder, run({ id: 'r1', ...init }), [])
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  writeFrozenWorkload(folder, {
    name: 'w',
    bytes,
    offsets: new Uint32Array(),
    count: 2,
    sha256: '',
    firstOfKind: [0],
    notices: [],
  })
  const first = await openJournal(folder, 0)
  const second = await openJournal(folder, 1)
  // Request 2 is announced, streams across blocks, and ends; 0 ends before 2 in the same journal.
  await first.append([
    blockOf(
      0,
      [
        [2, 1_000_000_600, 'He'],
        [0, 1_000_100_000],
        [2, 1_000_002_100, 'l'],
      ],
      [{ index: 2, phase: 1, outcome: inFlight, sentNs: 999_000_000 }],
    ),
  ])
  await first.append([
    blockOf(
      0,
      [[2, 1_000_003_600, 'lo']],
      [
        {
          index: 0,
          phase: 0,
          endpoint: 1,
          user: 4,
          outcome: completed,
          status: 200,
          intendedNs: 0.4,
          dispatchedNs: 10,
          connectedNs: 15,
          sentNs: 20,
          writtenNs: 25,
          headersNs: 30,
          firstByteNs: 1_000_050_000,
          endNs: 2 ** 52 + 1,
          inputTokens: 11,
          outputTokens: 0,
          cachedTokens: 3,
          reasoningTokens: 0,
          bodyBytes: 99,
          detail: { finishReason: 'stop', serverId: 'id-0' },
        },
        {
          index: 2,
          phase: 1,
          endpoint: 0,
          outcome: completed,
          sentNs: 999_000_000,
          endNs: 1_000_009_000,
          detail: { finishReason: 'length', raw: Buffer.from([0, 1, 255]).toString('base64') },
        },
      ],
    ),
  ])
  await second.append([
    blockOf(
      1,
      [],
      [
        { index: 3, phase: 1, outcome: dropped, intendedNs: 5 },
        {
          index: 1,
          phase: 1,
          outcome: failed,
          reason: errorKinds.indexOf('http-status'),
          status: 429,
          retryAfterS: 1.5,
          detail: { message: 'slow down' },
        },
      ],
    ),
  ])
  await first.close()
  await second.close()
  const samples = await openSampleLog(folder)
  await samples.append([
    { source: 'server:0', metric: 'running', atNs: 20, value: 0.5, labels: { model: 'a"b' } },
    { source: 'self', metric: 'cpu', atNs: 10, value: Number.NaN, labels: {} },
  ])
  await samples.append([{ source: 'self', metric: 'cpu', atNs: 10, value: 1, labels: {} }])
  await samples.close()
  return folder
}

async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort()
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'base64')))
  return Object.fromEntries(names.map((name, at) => [name, files[at] ?? '']))
}

describe('a run that was journalled', () => {
  test('comes back from Parquet as its records, in the order of their indexes', async () => {
    const folder = await newRun()
    expect(await convertRun(folder)).toEqual({
      requests: 4,
      events: 4,
      unfinished: 0,
      bytesLost: 0,
      orphanEvents: 0,
    })
    const none = { atNs: new Float64Array(), tokens: new Uint16Array(), flags: new Uint8Array() }
    const data = await readRun(folder)
    expect(data.run).toEqual(run({ id: 'r1' }))
    expect(data.records).toEqual([
      {
        index: 0,
        phase: 0,
        endpoint: 1,
        worker: 0,
        user: 4,
        intendedNs: 0,
        dispatchedNs: 10,
        connectedNs: 15,
        sentNs: 20,
        writtenNs: 25,
        headersNs: 30,
        firstByteNs: 1_000_050_000,
        endNs: 2 ** 52 + 1,
        status: 200,
        outcome: { kind: 'completed', finishReason: 'stop' },
        inputTokens: { value: 11, source: 'usage' },
        outputTokens: { value: 0, source: 'usage' },
        cachedTokens: 3,
        reasoningTokens: 0,
        asked: { answers: 1, tokens: 5, mode: 'exact', inputTokens: 7 },
        events: {
          atNs: Float64Array.of(1_000_100_000),
          tokens: Uint16Array.of(2),
          flags: Uint8Array.of(1),
        },
      },
      {
        index: 1,
        phase: 1,
        endpoint: 0,
        worker: 1,
        status: 429,
        outcome: { kind: 'failed', error: 'http-status', message: 'slow down', retryAfterS: 1.5 },
        asked: { answers: 1, tokens: 6, mode: 'up-to' },
        events: none,
      },
      {
        index: 2,
        phase: 1,
        endpoint: 0,
        worker: 0,
        sentNs: 999_000_000,
        endNs: 1_000_009_000,
        outcome: { kind: 'completed', finishReason: 'length' },
        inputTokens: { value: 7, source: 'tokenizer' },
        outputTokens: { value: 6, source: 'events' },
        asked: { answers: 1, tokens: 5, mode: 'exact', inputTokens: 7 },
        events: {
          // 1.5 us apart twice: each is within half a microsecond of its instant, and so is their sum.
          atNs: Float64Array.of(1_000_000_600, 1_000_002_600, 1_000_003_600),
          tokens: Uint16Array.of(2, 2, 2),
          flags: Uint8Array.of(1, 1, 1),
        },
      },
      {
        index: 3,
        phase: 1,
        endpoint: 0,
        worker: 1,
        intendedNs: 5,
        outcome: { kind: 'dropped' },
        asked: { answers: 1, tokens: 6, mode: 'up-to' },
        events: none,
      },
    ])
    expect(data.samples).toEqual([
      { source: 'self', metric: 'cpu', atNs: 10, value: 1, labels: {} },
      { source: 'server:0', metric: 'running', atNs: 20, value: 0.5, labels: { model: 'a"b' } },
    ])
  })

  test('leaves only the finished files, and converting again changes none', async () => {
    const folder = await newRun()
    const copy = join(scratch, 'copy')
    await cp(folder, copy, { recursive: true })
    await convertRun(folder)
    const before = await contents(folder)
    expect(Object.keys(before)).toEqual([
      'events.parquet',
      'health.parquet',
      'requests.parquet',
      'run.json',
      'samples.parquet',
      'workload.parquet',
    ])
    expect(await convertRun(folder)).toMatchObject({ requests: 0, events: 0 })
    expect(await contents(folder)).toEqual(before)
    await convertRun(copy)
    expect(await contents(copy)).toEqual(before)
  })

  test('is converted anew after a conversion that was cut off', async () => {
    const folder = await newRun()
    const { converting, requests } = runPaths(folder)
    await mkdir(converting)
    await writeFile(join(converting, 'events.parquet'), 'half')
    await writeFile(join(converting, 'owner.json'), '{"pid":')
    await writeFile(requests, 'from an earlier try')
    await convertRun(folder)
    expect((await readRun(folder)).records.length).toBe(4)
  })

  test.skipIf(process.platform !== 'linux')(
    'is not converted while another living process writes it',
    async () => {
      const folder = await newRun()
      const owner = join(runPaths(folder).journal, 'owner.json')
      // Process 1 always lives, but is not the one that began this run.
      await writeFile(owner, JSON.stringify({ pid: 1, startTicks: 'never' }))
      const copy = join(scratch, 'owned')
      await cp(folder, copy, { recursive: true })
      await convertRun(folder)

      const startTicks = (await readFile('/proc/1/stat', 'utf8')).split(') ')[1]?.split(' ')[19]
      const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
      await writeFile(
        join(runPaths(copy).journal, 'owner.json'),
        JSON.stringify({ pid: 1, bootId, startTicks }),
      )
      await expect(convertRun(copy)).rejects.toMatchObject({ code: 'in-use' })
      await expect(readRun(copy)).rejects.toMatchObject({ code: 'unconverted' })
    },
  )

  test('counts the tokens of whole captured texts with the given function', async () => {
    const folder = await newRun()
    await convertRun(folder, { countTokens: (text) => text.length })
    const { records } = await readRun(folder)
    expect(records.map(({ outputTokens }) => outputTokens)).toEqual([
      { value: 0, source: 'usage' },
      undefined,
      { value: 5, source: 'tokenizer' },
      undefined,
    ])
  })
})

describe('a request with several prompts', () => {
  /** Two prompts whose replies come in turns, the first one's in two pieces of a word. */
  async function batchRun(): Promise<string> {
    const folder = join(scratch, `batch-${made++}`)
    await createRunFolder(folder)
    writeRun(folder, run({ id: 'batch' }), [])
    const line =
      '{"id":0,"input":{"kind":"batch","prompts":["a",[1,2]]},"output":{"tokens":3,"mode":"exact"},"sampling":{"n":2}}'
    writeFrozenWorkload(folder, {
      name: 'w',
      bytes: Buffer.from(`${line}\n`),
      offsets: new Uint32Array(),
      count: 1,
      sha256: '',
      firstOfKind: [0],
      notices: [],
    })
    const journal = await openJournal(folder, 0)
    await journal.append([
      blockOf(
        0,
        [
          [0, 1000, 'He', 0],
          [0, 2000, 'you', 1],
          [1, 2500, 'alone'],
          [0, 3000, 'llo', 0],
        ],
        [
          { index: 0, phase: 1, outcome: completed, detail: { finishReasons: ['stop', null, 'length'] } },
          { index: 1, phase: 1, outcome: completed, detail: { finishReason: 'stop' } },
        ],
      ),
    ])
    await journal.close()
    return folder
  }

  test('keeps the prompt of each event and each finish reason; one with a single prompt has NULL', async () => {
    const folder = await batchRun()
    await convertRun(folder)
    const [several, single] = (await readRun(folder)).records
    expect(several?.events.prompt).toEqual(Uint16Array.of(0, 1, 0))
    expect(several?.outcome).toEqual({ kind: 'completed', finishReasons: ['stop', undefined, 'length'] })
    expect(several?.asked).toEqual({ answers: 4, tokens: 12, mode: 'exact' })
    expect(single?.events).not.toHaveProperty('prompt')
    expect(single?.outcome).toEqual({ kind: 'completed', finishReason: 'stop' })

    const lists = await query([folder], 'SELECT request, prompt FROM event_lists ORDER BY request')
    expect(lists.rows).toEqual([
      [0, [0, 1, 0]],
      [1, null],
    ])
    const events = await query([folder], 'SELECT request, prompt FROM events ORDER BY request, i')
    expect(events.rows).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
      [1, 0],
    ])
    const reasons = await query([folder], 'SELECT finish_reason, finish_reasons FROM requests ORDER BY index')
    expect(reasons.rows).toEqual([
      [null, ['stop', null, 'length']],
      ['stop', null],
    ])
  })

  test('has the tokens of its replies counted one reply at a time', async () => {
    const folder = await batchRun()
    const texts: string[] = []
    await convertRun(folder, {
      countTokens(text) {
        texts.push(text)
        return text.length
      },
    })
    expect(texts).toEqual(['Hello', 'you', 'alone'])
    const { records } = await readRun(folder)
    expect(records.map(({ outputTokens }) => outputTokens?.value)).toEqual([8, 5])
  })
})

test('a folder from before there were several prompts reads as one prompt each', async () => {
  const folder = await newRun({ id: 'older' })
  await convertRun(folder)
  const now = await readRun(folder)
  const { events, requests } = runPaths(folder)
  const database = await openDuckDb({ memoryShare: 0.5, memoryLimitMb: 256, threads: 1 })
  for (const [file, column] of [
    [events, 'prompt'],
    [requests, 'finish_reasons'],
  ]) {
    await database.connection.run(
      `COPY (SELECT * EXCLUDE (${column}) FROM '${file}') TO '${file}.old' (FORMAT parquet)`,
    )
    await rename(`${file}.old`, file ?? '')
  }
  database.close()
  expect(await readRun(folder)).toEqual(now)
  const { rows } = await query([folder], 'SELECT DISTINCT e.prompt, finish_reasons FROM events e, requests')
  expect(rows).toEqual([[0, null]])
})

describe('a run that crashed', () => {
  test('keeps every whole block, and what had not ended is cancelled by the crash', async () => {
    const { ended: _, ...unended } = run({ id: 'r1' })
    const folder = await newRun()
    writeRun(folder, unended, [])
    const path = journalPath(folder, 0)
    await truncate(path, (await stat(path)).size - 1)
    await appendFile(runPaths(folder).sampleLines, '{"source":"self","met')
    // The second block of worker 0 is gone: 0 has lost its row, 2 its end and its last event.
    const conversion = await convertRun(folder)
    expect(conversion).toMatchObject({ requests: 3, events: 2, unfinished: 1, orphanEvents: 1 })
    expect(conversion.bytesLost).toBeGreaterThan(0)

    const data = await readRun(folder)
    expect(data.run.ended).toBe('crashed')
    expect(data.run.endedReason).toBe(
      `Assay ended before the run did. ${conversion.bytesLost} bytes of its journal were cut off or damaged.`,
    )
    expect(data.run.counts).toEqual({
      warmup: { planned: 0, completed: 0, failed: 0, cancelled: 0, dropped: 0 },
      measure: { planned: 3, completed: 0, failed: 1, cancelled: 1, dropped: 1 },
    })
    expect(data.records.map(({ index, outcome }) => [index, outcome.kind])).toEqual([
      [1, 'failed'],
      [2, 'cancelled'],
      [3, 'dropped'],
    ])
    expect(data.records[1]).toMatchObject({
      outcome: { kind: 'cancelled', by: 'crash' },
      outputTokens: { value: 4, source: 'events' },
    })
    expect(data.samples.length).toBe(2)
  })

  test('before its first request gives no records', async () => {
    const folder = join(scratch, 'early')
    await createRunFolder(folder)
    writeRun(folder, run(), [])
    await convertRun(folder)
    expect(await readRun(folder)).toMatchObject({ records: [], samples: [] })
  })
})

describe('a query', () => {
  let folders: string[] = []
  beforeAll(async () => {
    folders = [await newRun(), await newRun({ id: "it's" })]
    for (const folder of folders) await convertRun(folder)
  })

  test('sees every run in every view', async () => {
    expect(
      await query(
        folders,
        `SELECT run, count(*) AS requests, sum(len(gap_us)) AS events FROM event_lists GROUP BY run ORDER BY run`,
      ),
    ).toEqual({
      columns: ['run', 'requests', 'events'],
      rows: [
        ["it's", 4, 4],
        ['r1', 4, 4],
      ],
    })
    const { rows } = await query(folders, `SELECT target, load, repeat, ended FROM runs WHERE run = 'r1'`)
    expect(rows).toEqual([['local', 'steady', 0, 'completed']])
    const samples = await query(
      folders,
      `SELECT run, value FROM samples WHERE labels['model'] = 'a"b' ORDER BY run`,
    )
    expect(samples.rows).toEqual([
      ["it's", 0.5],
      ['r1', 0.5],
    ])
  })

  test('sees events one by one', async () => {
    const { columns, rows } = await query(
      folders,
      `SELECT * FROM events WHERE run = 'r1' AND request = 2 ORDER BY i`,
    )
    expect(columns).toEqual([
      'run',
      'request',
      'i',
      'at_ns',
      'gap_us',
      'tokens',
      'flags',
      'text_end',
      'prompt',
    ])
    expect(rows).toEqual([
      ['r1', 2, 0, 1_000_000_600, 0, 2, 1, 2, 0],
      ['r1', 2, 1, 1_000_002_600, 2, 2, 1, 3, 0],
      ['r1', 2, 2, 1_000_003_600, 1, 2, 1, 5, 0],
    ])
  })

  test('finds the captured text, the raw bytes and the frozen lines as they were', async () => {
    const requests = await query(
      folders.slice(0, 1),
      'SELECT index, request_id, user, text, text_cut, raw, server_id FROM requests WHERE index IN (0, 2)',
    )
    expect(requests.rows).toEqual([
      [0, 'r1-0', 4, null, false, null, 'id-0'],
      [2, 'r1-2', null, 'Hello', false, 'AAH/', null],
    ])
    const workload = await query(folders.slice(0, 1), 'SELECT line FROM workload ORDER BY id')
    expect(workload.rows.flat()).toEqual(lines)
  })

  test('gives whole numbers beyond 2^53 as text', async () => {
    const { rows } = await query(
      folders,
      'SELECT 9007199254740993::BIGINT, [1::BIGINT], {a: 2::HUGEINT}, NULL',
    )
    expect(rows).toEqual([['9007199254740993', [1], { a: 2 }, null]])
  })

  test('with a mistake says what DuckDB says', async () => {
    await expect(query(folders, 'SELECT nothing FROM requests')).rejects.toMatchObject({
      code: 'sql',
      message: expect.stringContaining('nothing'),
      hint: expect.stringContaining('requests'),
    })
  })

  test.each([
    ['SELEC 1', 'Parser Error'],
    [' ', 'There is no SQL to run.'],
  ])('of %j is refused', async (sql, words) => {
    await expect(query(folders, sql)).rejects.toMatchObject({
      code: 'sql',
      message: expect.stringMatching(new RegExp(`^${words}`)),
    })
  })

  test('reaches no other file and writes none', async () => {
    const path = join(scratch, 'secret.csv')
    await writeFile(path, 'a\n1\n')
    const parquet = runPaths(folders[0] ?? '').requests
    const before = await readFile(parquet, 'base64')
    for (const sql of [
      `SELECT * FROM '${path}'`,
      `COPY requests TO '${join(scratch, 'out.csv')}'`,
      `COPY (SELECT 1) TO '${parquet}' (FORMAT parquet)`,
      `PREPARE p AS COPY (SELECT 1) TO '${parquet}' (FORMAT parquet); EXECUTE p`,
      `ATTACH '${join(scratch, 'new.db')}'`,
      'SET enable_external_access = true',
      'INSTALL httpfs',
    ]) {
      await expect(query(folders, sql), sql).rejects.toMatchObject({ code: 'sql' })
    }
    expect(await readFile(parquet, 'base64')).toBe(before)
    expect((await readdir(scratch)).filter((name) => /^(out|new)\./.test(name))).toEqual([])
  })

  test('refuses a run that is not converted, and two copies of one run', async () => {
    const unconverted = await newRun({ id: 'r2' })
    await expect(query([unconverted], 'SELECT 1')).rejects.toMatchObject({ code: 'unconverted' })
    await convertRun(unconverted)
    const copy = join(scratch, 'r2-copy')
    await cp(unconverted, copy, { recursive: true })
    await expect(query([unconverted, copy], 'SELECT 1')).rejects.toMatchObject({ code: 'same-run' })
    expect((await query([unconverted, `${unconverted}/`], 'SELECT count(*) FROM runs')).rows).toEqual([[1]])
  })
})

test('a study folder takes runs', async () => {
  const folder = join(scratch, 'new', 'study')
  await createStudyFolder(folder)
  await createRunFolder(studyPaths(folder).run('a'))
  expect((await readdir(folder)).sort()).toEqual(['runs', 'server'])
})
