import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TableReader } from '../model/table-reader.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import { type SourceKind, sourceKinds, type WorkloadSource } from '../model/workload-source.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload, workloadSources } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-conformance-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'prompts.jsonl')
writeFileSync(path, Array.from({ length: 12 }, (_, i) => `{"prompt": "Question ${i}, née ${i}?"}\n`).join(''))
mkdirSync(join(folder, 'data'))
writeFileSync(
  join(folder, 'data', 'test-1.jsonl'),
  Array.from({ length: 7 }, (_, i) => `{"prompt": "A${i}"}\n`).join(''),
)
writeFileSync(
  join(folder, 'data', 'test-2.jsonl'),
  Array.from({ length: 7 }, (_, i) => `{"prompt": "B${i}"}\n`).join(''),
)
writeFileSync(join(folder, 'data', 'train.jsonl'), '{"prompt": "C"}\n')
const example = (name: string) => fileURLToPath(new URL(`../../examples/workloads/${name}`, import.meta.url))
const output = { kind: 'uniform', min: 1, max: 99 } as const

/** Reads a CSV without quotes over lines; Parquet through the same rows. Its own tests are the store's. */
const tables: TableReader = {
  columns: async (file) => cells(file)[0] ?? [],
  async *rows(file, columns) {
    const [head = [], ...rows] = cells(file)
    for (const row of rows) yield columns.map((name) => row[head.indexOf(name)] ?? null)
  },
}
function cells(file: string): string[][] {
  const text = readFileSync(file.replace('.parquet', '.csv'), 'utf8')
  const found: string[][] = [[]]
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n)/g)) {
    found.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end !== ',') found.push([])
  }
  return found.slice(0, -1)
}

/** An example of every source, which draws its lengths where it can. */
const examples: { readonly [K in SourceKind]: WorkloadSource & { readonly kind: K } } = {
  synthetic: {
    kind: 'synthetic',
    prompt: { kind: 'uniform', min: 5, max: 50 },
    output: { kind: 'normal', mean: 64, sd: 9, min: 1, max: 99 },
  },
  'shared-prefix': {
    kind: 'shared-prefix',
    prompt: { kind: 'uniform', min: 120, max: 200 },
    output,
    levels: [
      { tokens: 40, pool: 2 },
      { tokens: 20, pool: 3 },
    ],
    cache: { kind: 'warm' },
    salt: 'monday',
  },
  'synthetic-conversations': {
    kind: 'synthetic-conversations',
    prompt: { kind: 'uniform', min: 10, max: 30 },
    output,
    turns: { kind: 'uniform', min: 1, max: 4 },
    thinkMs: 1500,
  },
  ladder: { kind: 'ladder', steps: ['25', '100', '500'], style: 'questions', output },
  sample: { kind: 'sample', output },
  jsonl: { kind: 'jsonl', path, output },
  parquet: { kind: 'parquet', path: example('prompts.parquet'), columns: { prompt: 'question' }, output },
  csv: { kind: 'csv', path: example('prompts.csv'), columns: { prompt: 'question' }, output },
  'hf-folder': { kind: 'hf-folder', path: folder, split: 'test', output },
  sharegpt: { kind: 'sharegpt', path: example('sharegpt.json'), take: 'conversations', output },
  conversations: { kind: 'conversations', path: example('conversations.jsonl'), output },
  tinystories: { kind: 'tinystories', path: example('tinystories.txt'), output },
  'cnn-dailymail': { kind: 'cnn-dailymail', path: example('cnn-dailymail.csv'), output },
  longbench: { kind: 'longbench', path: example('longbench.jsonl'), output },
  'openai-batch': { kind: 'openai-batch', path: example('openai-batch.jsonl'), output },
  bodies: { kind: 'bodies', path: example('bodies.jsonl'), output },
  mooncake: { kind: 'mooncake', path: example('mooncake.jsonl') },
  burstgpt: { kind: 'burstgpt', path: example('burstgpt.csv') },
  'azure-trace': { kind: 'azure-trace', path: example('azure-trace.csv') },
  bailian: { kind: 'bailian', path: example('bailian.jsonl') },
  'trace-csv': { kind: 'trace-csv', path: example('trace.csv') },
  frozen: { kind: 'frozen', path: join(folder, 'frozen.ndjson') },
}

/** What takes nothing from chance: a seed changes nothing. */
const fixed: readonly SourceKind[] = ['bodies', 'frozen', 'openai-batch', 'parquet', 'csv']
/** What has its own sampling. */
const asItIs: readonly SourceKind[] = ['bodies', 'frozen']

/** Of 12 requests with seed 1. A change means that studies of the version before cannot be replayed: say so. */
const pinned: Record<SourceKind, string> = {
  synthetic: 'b8489fef033a427690bae1a2c0288e3611e474cf2e8197209237f3120ca65d4e',
  'shared-prefix': '147260e7b0c2efa507d933f3f2c6c25ba267f55964875c8fb2a40a74042b668e',
  'synthetic-conversations': '215c3136853323c04f34c4a80ef6a474cfb49f82280d96ee1e7b90c40088acab',
  ladder: '6c6329dc6f6523d7ff2bfa4708cab9d13c41bb9983fbe5738d9c7d1763c7ed06',
  sample: '722402652fa2256239dc9c9c137d4c0c1b3397e7accbaa51d850f02ba65ba567',
  jsonl: 'b6eaf25f9fab9f54b65eb9d0bedaf4b372c86085a8db6b705adc2eeb77774a05',
  parquet: 'f14a6bab918befa923b000a6c74cc7b2bcd2a09f8935c52f137c51201c9dc591',
  csv: 'f14a6bab918befa923b000a6c74cc7b2bcd2a09f8935c52f137c51201c9dc591',
  'hf-folder': '4a087460bc249e75f574b4d2c436d6a772987e88191b8f958fd134648849d12f',
  sharegpt: '574b2ab4a607a7ff2e4d7ebff43c087b14aa603e0d17a74bb5e599d9d4b91b2e',
  conversations: '669e959adc01a18e533fa184ef775dd570ee8ea13cf074db9cbe72299a4047fd',
  tinystories: 'ebc6e9621a78b1616c896b6f63720ef5b4afe8277f30c14c5705e51e4fdcd8cd',
  'cnn-dailymail': 'a468ea83b5aa90368d9ada3e246171e4668526150c39c4e85615904f5ceed48a',
  longbench: 'bc50445a72358a8abd8459fbbe93610f3c12af4aa06766b8f274117f8a706560',
  'openai-batch': '0162c98d432fd60773ba01f3dc853f9c54518f3667ff8b8d0940942cf8ebfe4e',
  bodies: '652ad2dbcff533aca1fc7a4a9d0b279d8d30e2b62c18eae345994fa44463ac6f',
  mooncake: 'cd2ce94c6142f363ec9dd2f8bd2c46a5fd66806aafbbae6d5a75f5a08df4cc1a',
  burstgpt: 'be4e582e18c3016bb60741971890584cd85b662126f8b364ef8393c7d9b1372e',
  'azure-trace': 'c5d8d8fce4115b23dee802c2cf3b3ba1748dd682f5398e8c3e2728a1f7059a29',
  bailian: '56c7c8eb69db3cdaec7be70851faed877dcec80672c5bd517488f036f441fe61',
  'trace-csv': 'f16740b1040a0e1f62afa0b87f1e9e0030bc40f04490de48e478255bc7ba363b',
  frozen: '61196506dbe184c12f5e9f86f58c440506d4f8ee2ba4c081fb6ee1cfc5553bf6',
}

beforeAll(async () => {
  const spec: WorkloadSpec = { name: 'w', source: examples.ladder, outputMode: 'exact', sampling: {} }
  const { bytes } = await freezeWorkload(spec, { seed: 5, count: 12 })
  writeFileSync(join(folder, 'frozen.ndjson'), bytes)
})

const names = Object.keys(workloadSources) as SourceKind[]

describe.each(names)('source %s', (name) => {
  const spec = (size?: number): WorkloadSpec => ({
    name: 'w',
    source: examples[name],
    outputMode: 'exact',
    sampling: { temperature: 0, stop: ['END'] },
    ...(size === undefined ? {} : { size }),
  })
  const freeze = (count: number, seed = 1) => freezeWorkload(spec(count), { seed, count, tables })

  test('gives the same bytes for the same seed, and those of this version', async () => {
    const first = await freeze(12)
    expect((await freeze(12)).sha256).toBe(first.sha256)
    expect(first.sha256).toBe(pinned[name])
  })

  test('states the hash of its bytes', async () => {
    const { bytes, sha256 } = await freeze(12)
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  test('gives other requests for another seed or name, where anything is drawn', async () => {
    const { sha256 } = await freeze(12)
    expect((await freeze(12, 2)).sha256 === sha256).toBe(fixed.includes(name))
    const renamed = await freezeWorkload({ ...spec(12), name: 'v' }, { seed: 1, count: 12, tables })
    expect(renamed.sha256 === sha256).toBe(fixed.includes(name))
  })

  test('gives first requests that do not depend on how many follow', async () => {
    const few = await freeze(3)
    const many = await freeze(12)
    expect(few.count).toBe(3)
    expect(Buffer.from(many.bytes).subarray(0, few.bytes.length)).toEqual(Buffer.from(few.bytes))
  })

  test('gives as many lines as it says, each ended by one newline, each a request with its own number', async () => {
    const frozen = await freeze(12)
    expect(frozen.count).toBe(12)
    expect(frozen.offsets).toHaveLength(13)
    expect(frozen.offsets[0]).toBe(0)
    expect(frozen.offsets[12]).toBe(frozen.bytes.length)
    const lines = Buffer.from(frozen.bytes).toString('utf8').split('\n')
    expect(lines.pop()).toBe('')
    const requests = Array.from({ length: 12 }, (_, index) => readRequest(frozen, index))
    expect(lines.map((line) => JSON.parse(line))).toEqual(requests)
    expect(requests.map((request) => request.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(requests.every(({ output }) => Number.isInteger(output.tokens) && output.tokens >= 1)).toBe(true)
    if (asItIs.includes(name)) return
    expect(requests[0]).toMatchObject({ output: { mode: 'exact' }, sampling: { stop: ['END'] } })
  })

  test('asks something else in every request', async () => {
    const frozen = await freeze(12)
    const inputs = Array.from({ length: 12 }, (_, index) => JSON.stringify(readRequest(frozen, index).input))
    expect(new Set(inputs).size).toBe(12)
  })
})

test('a list is given whole, however few requests are needed, unless its size is stated', async () => {
  for (const [source, length] of [
    [examples.jsonl, 12],
    [examples.sample, 40],
  ] as const) {
    const spec: WorkloadSpec = { name: 'w', source, outputMode: 'up-to', sampling: {} }
    expect((await freezeWorkload(spec, { seed: 1, count: 2 })).count).toBe(length)
    expect((await freezeWorkload(spec, { seed: 1, count: 200 })).count).toBe(length)
    expect((await freezeWorkload({ ...spec, size: 2 }, { seed: 1, count: 200 })).count).toBe(2)
    expect((await freezeWorkload({ ...spec, size: 200 }, { seed: 1, count: 2 })).count).toBe(length)
  }
})

test('the sample has an output length that suits each request', async () => {
  const spec: WorkloadSpec = { name: 'w', source: { kind: 'sample' }, outputMode: 'up-to', sampling: {} }
  const frozen = await freezeWorkload(spec, { seed: 1, count: 40 })
  expect(readRequest(frozen, 0)).toEqual({
    id: 0,
    input: {
      kind: 'chat',
      messages: [
        { role: 'user', content: 'Why is the sky blue in the middle of the day and red in the evening?' },
      ],
    },
    output: { tokens: 160, mode: 'up-to' },
    sampling: {},
  })
})

test('every source that there is can be asked for', () => {
  expect(Object.keys(workloadSources)).toEqual([...sourceKinds])
})
