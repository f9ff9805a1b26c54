import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { TableReader } from '../../model/table-reader.ts'
import type { Tokenizer } from '../../model/tokenizer.ts'
import type { traceFormats, WorkloadSource } from '../../model/workload-source.ts'
import { readRequest } from '../frozen.ts'
import { freezeWorkload } from '../index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-traces-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A table that is written down here. */
let rows: readonly (readonly string[])[] = []
const tables: TableReader = {
  columns: async () => rows[0] ?? [],
  async *rows(_, columns) {
    const [head = [], ...rest] = rows
    for (const row of rest) yield columns.map((name) => row[head.indexOf(name)] ?? null)
  },
}
/** A token a word. */
const words: Tokenizer = {
  name: 'words',
  encode: (text) => (text === '' ? [] : text.split(' ').map((word) => word.length)),
  decode: (ids) => ids.map((length) => 'x'.repeat(length)).join(' '),
}

type Format = (typeof traceFormats)[number]
type TraceSource = Extract<WorkloadSource, { kind: Format }>

async function freeze(
  kind: Format,
  content: readonly object[] | readonly (readonly string[])[],
  more: Partial<TraceSource> = {},
) {
  const isTable = Array.isArray(content[0])
  const path = join(folder, isTable ? 'trace.csv' : 'trace.jsonl')
  if (isTable) rows = content as typeof rows
  else writeFileSync(path, content.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const source = { kind, path, ...more } as TraceSource
  const frozen = await freezeWorkload(
    { name: 'w', source, outputMode: 'exact', sampling: {} },
    { seed: 1, count: 1, tables, tokenizer: words },
  )
  const requests = Array.from({ length: frozen.count }, (_, i) => readRequest(frozen, i))
  return { frozen, requests, arrivals: [...(frozen.arrivalsNs ?? [])] }
}

const azure = (...rest: (readonly [string, number, number])[]) => [
  ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'],
  ...rest.map((row) => row.map(String)),
]

describe('arrivals', () => {
  test('of Azure keep every digit, in both years’ spelling', async () => {
    const of2023 = azure(['2023-11-16 23:59:59.6805900', 12, 3], ['2023-11-17 00:00:00.0000001', 13, 4])
    expect((await freeze('azure-trace', of2023)).arrivals).toEqual([0, 319_410_100])
    const of2024 = azure(['2024-05-10 00:00:00.009930+00:00', 12, 3], ['2024-05-10 00:00:01+00:00', 12, 3])
    expect((await freeze('azure-trace', of2024)).arrivals).toEqual([0, 990_070_000])
  })

  test('of Mooncake are milliseconds, of BurstGPT and Bailian seconds', async () => {
    const mooncake = [0, 0.5, 3000].map((timestamp) => ({
      timestamp,
      input_length: 5,
      output_length: 2,
      hash_ids: [1],
    }))
    expect((await freeze('mooncake', mooncake)).arrivals).toEqual([0, 500_000, 3e9])
    const burst = [
      ['Timestamp', 'Session ID', 'Model', 'Request tokens', 'Response tokens'],
      ['5', 'a', 'm', '10', '3'],
      ['5.100000001', '', 'm', '11', '0'],
      ['6.25', 'a', 'm', '12', '5'],
    ]
    const { frozen, requests, arrivals } = await freeze('burstgpt', burst)
    expect(arrivals).toEqual([0, 1_250_000_000])
    expect(requests.map(({ session }) => session)).toEqual([
      { id: 'a', turn: 0 },
      { id: 'a', turn: 1 },
    ])
    expect(frozen.notices).toEqual([expect.stringMatching(/^1 rows of .* have no input or no output/)])
    const bailian = [
      {
        chat_id: 7,
        parent_chat_id: -1,
        timestamp: 61.114,
        input_length: 20,
        output_length: 2,
        turn: 1,
        hash_ids: [1, 2],
      },
      {
        chat_id: 9,
        parent_chat_id: 7,
        timestamp: 61.2,
        input_length: 20,
        output_length: 2,
        turn: 2,
        hash_ids: [1, 3],
      },
    ]
    const answered = await freeze('bailian', bailian)
    expect(answered.arrivals).toEqual([0, 86_000_000])
    expect(answered.requests[1]?.session).toEqual({ id: '7', turn: 1 })
  })

  test('are cut to a window, scaled, and start with the first that is kept', async () => {
    const trace = azure(
      ['2023-01-01 00:00:00', 5, 5],
      ['2023-01-01 00:01:00', 6, 5],
      ['2023-01-01 00:01:30', 7, 5],
      ['2023-01-01 00:02:00', 8, 5],
    )
    const { requests, arrivals } = await freeze('azure-trace', trace, {
      window: { fromS: 60, toS: 120 },
      timeScale: 0.5,
    })
    expect(requests.map(({ id, inputTokens }) => [id, inputTokens?.value])).toEqual([
      [0, 6],
      [1, 7],
    ])
    expect(arrivals).toEqual([0, 15e9])
  })

  test('are hashed as integers, apart from the requests', async () => {
    const base = azure(['2023-01-01 00:00:00', 5, 5], ['2023-01-01 00:00:01', 6, 5])
    const one = await freeze('azure-trace', base)
    const other = await freeze('azure-trace', base, { timeScale: 2 })
    expect(other.frozen.sha256).toBe(one.frozen.sha256)
    expect(other.frozen.arrivalsSha256).not.toBe(one.frozen.arrivalsSha256)
    // SHA-256 of 16 bytes: 0 and 10^9 as little-endian 64-bit integers.
    expect(one.frozen.arrivalsSha256).toBe('35566b14626a47bcda220d16eb894ce5456dcfa3bbbf691273fd49e0d3e65a38')
    expect(one.frozen.arrivalsNs?.buffer).toBeInstanceOf(SharedArrayBuffer)
  })
})

describe('prompts', () => {
  const plain = [
    ['arrival_s', 'input_tokens', 'output_tokens', 'hash_ids', 'block_tokens'],
    ['0', '26', '4', 'a b', '8'],
    ['0.5', '20', '4', 'a c', '8'],
    ['1', '17', '4', 'a b', '8'],
    ['2', '9', '4', '', '8'],
  ]

  test('have the recorded lengths and share the blocks that the trace shares', async () => {
    const { frozen, requests } = await freeze('trace-csv', plain)
    const texts = requests.map(({ input }) => (input.kind === 'prompt' ? input.text.split(' ') : []))
    expect(texts.map((text) => text.length)).toEqual([26, 20, 17, 9])
    const [first = [], second = [], third = [], fourth = []] = texts
    expect(second.slice(0, 8)).toEqual(first.slice(0, 8))
    expect(second.slice(8, 16)).not.toEqual(first.slice(8, 16))
    expect(third.slice(0, 16)).toEqual(first.slice(0, 16))
    expect(third[16]).not.toEqual(first[16])
    expect(fourth.slice(0, 2)).not.toEqual(first.slice(0, 2))
    expect(frozen.notices).toEqual([
      expect.stringContaining('33.3 % of the prompt tokens lie in blocks that came before'),
    ])
  })
})

describe('mistakes are told with their line:', () => {
  const at = '2023-01-01 00:00:01'
  test.each<[string, Format, readonly object[] | string[][], RegExp]>([
    [
      'an arrival that goes back',
      'azure-trace',
      azure([at, 5, 5], ['2023-01-01 00:00:00', 5, 5]),
      /trace\.csv:3: this request arrives before the one of line 2/,
    ],
    ['no time', 'azure-trace', azure(['yesterday', 5, 5]), /trace\.csv:2: expected a time such as/],
    ['no count', 'azure-trace', azure([at, Number.NaN, 5]), /trace\.csv:2: expected a time such as/],
    [
      'a column that is missing',
      'burstgpt',
      azure([at, 5, 5]),
      /has no column Timestamp, Request tokens, Response tokens/,
    ],
    ['another format', 'mooncake', [{ prompt: 'x' }], /trace\.jsonl:1: expected \{"timestamp": ms/],
    ['nothing in the window', 'azure-trace', azure([at, 0, 5]), /holds no request/],
    [
      'too long a time',
      'trace-csv',
      [
        ['arrival_s', 'input_tokens', 'output_tokens'],
        ['0', '1', '1'],
        ['9999999', '1', '1'],
      ],
      /spans more than 104 days/,
    ],
  ])('%s', async (_, kind, content, why) => {
    await expect(freeze(kind, content)).rejects.toThrow(why)
  })
})
