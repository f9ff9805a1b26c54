import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorkloadSpec } from '../src/model/workload.ts'
import { sourceKinds } from '../src/model/workload-source.ts'
import { tableReader } from '../src/store/table-reader.ts'
import { freezeOne } from '../src/study/freeze-workloads.ts'
import { loadTokenizer } from '../src/tokenizers/index.ts'
import { runCli } from './run-cli.ts'

const assay = (...args: readonly string[]) => runCli(args)
const folder = mkdtempSync(join(tmpdir(), 'assay-workloads-'))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('threads', () => {
  const spec = (
    style: 'english' | 'words' | 'token-ids',
    tokenizer = 'tiktoken:r50k_base',
  ): WorkloadSpec => ({
    name: 'w',
    source: {
      kind: 'synthetic',
      prompt: { kind: 'uniform', min: 900, max: 1100 },
      output: { kind: 'lognormal', median: 200, sigma: 1, min: 1, max: 4000 },
      style,
    },
    outputMode: 'exact',
    sampling: {},
    tokenizer,
  })

  test.each([
    ['english', 'e9a6d1e43d6ede3dabaf5faa08f91b534e8dca556cf6304202f84a6c869b28b4'],
    ['words', '82949a923aa9f2f81e24f9ea7f899c07baa59ef67dd212b545751426dce0f968'],
    ['token-ids', 'ffa4dd9a9f983a74798b0cc90a4206e6bd63eb344789aff1bc56551b5cf1b85f'],
  ] as const)('1, 2 and 4 of them make the same %s prompts, and those of every Node', async (style, pinned) => {
    const hashes = await Promise.all([1, 2, 4].map((n) => freezeOne(spec(style), 3, 320, n)))
    expect(hashes.map(({ sha256 }) => sha256)).toEqual([pinned, pinned, pinned])
    expect(hashes.map(({ notices }) => notices)).toEqual([[], [], []])
  })

  test('make the same tokens of a vocabulary with halves of characters, too', async () => {
    const random = spec('token-ids', 'tiktoken:cl100k_base')
    const [one, two] = await Promise.all([1, 2].map((n) => freezeOne(random, 3, 320, n)))
    expect(two?.sha256).toBe(one?.sha256)
  })

  test('that cannot load the tokenizer end the freezing with its words', async () => {
    const { inThreads } = await import('../src/workloads/threads.ts')
    const { source, ...rest } = spec('english')
    if (source.kind !== 'synthetic') throw new Error('another source')
    const making = inThreads({
      spec: { ...rest, source },
      seed: 1,
      tokenizer: '/nowhere',
      count: 40,
      threads: 2,
    })
    await expect(making.next()).rejects.toMatchObject({
      code: 'tokenizer',
      message: expect.stringContaining('there is no such file'),
    })
  })
})

describe('tables', () => {
  const read = async (path: string, columns: readonly string[]) => {
    const rows: unknown[] = []
    for await (const row of tableReader.rows(path, columns)) rows.push(row)
    return rows
  }

  test('Parquet and CSV give their columns and rows in order', async () => {
    for (const ending of ['csv', 'parquet']) {
      const path = `examples/workloads/prompts.${ending}`
      expect(await tableReader.columns(path)).toEqual(['question', 'output_tokens'])
      const rows = await read(path, ['output_tokens', 'question'])
      expect(rows).toHaveLength(12)
      expect(rows[1]).toEqual(['27', 'Why are there two a day?'])
    }
  })

  test('of CSV a time keeps its digits, and a quoted cell its lines', async () => {
    const path = write('a.csv', 'at,text\n2023-11-16 18:15:46.6805900,"a ""b"",\nc"\n')
    expect(await read(path, ['at', 'text'])).toEqual([['2023-11-16 18:15:46.6805900', 'a "b",\nc']])
  })

  test('what cannot be read is told with the path', async () => {
    for (const path of [
      join(folder, 'no.parquet'),
      write('b.parquet', 'hello'),
      write('c.csv', Uint8Array.of(0x61, 0x0a, 0xff, 0x0a)),
    ]) {
      await expect(read(path, ['a'])).rejects.toMatchObject({
        code: 'input-file',
        message: expect.stringContaining(`${path} cannot be read:`),
      })
    }
  })

  test('a reader that has enough leaves the rest', async () => {
    for await (const row of tableReader.rows('examples/workloads/prompts.csv', ['question'])) {
      expect(row).toEqual(['How do tides work?'])
      break
    }
  })
})

describe('a server’s own tokenizer', () => {
  const script = `
    require('node:http').createServer((request, response) => {
      let body = ''
      request.on('data', (part) => { body += part })
      request.on('end', () => {
        const asked = JSON.parse(body)
        const say = (value, status = 200) => { response.writeHead(status); response.end(JSON.stringify(value)) }
        if (request.url === '/vllm/tokenize') say('prompt' in asked ? { tokens: [...Buffer.from(asked.prompt)], count: 1 } : {})
        else if (request.url === '/vllm/detokenize') say({ prompt: Buffer.from(asked.tokens).toString() })
        else if (request.url === '/llama/tokenize') say({ tokens: [...Buffer.from(asked.content ?? '')] })
        else if (request.url === '/tgi/tokenize') 'inputs' in asked ? say([...Buffer.from(asked.inputs)].map((id) => ({ id, text: 'x' }))) : say({}, 422)
        else say({ detail: 'Not Found' }, 404)
      })
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
  let child: ChildProcess
  let url = ''
  beforeAll(async () => {
    // A process of its own: this one waits while it asks.
    child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [port] = child.stdout === null ? [] : ((await once(child.stdout, 'data')) as [Buffer])
    url = `http://127.0.0.1:${String(port).trim()}`
  })
  afterAll(() => void child.kill())

  test.each(['vllm', 'llama', 'tgi'])('as %s answers', async (kind) => {
    const tokenizer = await loadTokenizer(`${url}/${kind}`)
    try {
      expect(tokenizer.encode('Hé')).toEqual([72, 195, 169])
      expect(tokenizer.encode('')).toEqual([])
      if (kind === 'vllm') expect(tokenizer.decode([72, 195, 169])).toBe('Hé')
    } finally {
      tokenizer.close?.()
    }
  })

  test('makes exact prompts, and a server without one is told', async () => {
    const source = {
      kind: 'synthetic',
      prompt: { kind: 'fixed', tokens: 90 },
      output: { kind: 'fixed', tokens: 4 },
    } as const
    const frozen = await freezeOne(
      { name: 'w', source, outputMode: 'exact', sampling: {}, tokenizer: `${url}/vllm/v1` },
      1,
      3,
    )
    expect(frozen.notices).toEqual([])
    await expect(loadTokenizer(`${url}/other`)).rejects.toMatchObject({
      code: 'tokenizer',
      message: expect.stringContaining('/tokenize answers 404'),
      exitCode: 3,
    })
    await expect(loadTokenizer('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'tokenizer' })
  })
})

describe('assay workload', () => {
  const study = () =>
    write(
      'study.yaml',
      'seed: 4\nworkloads:\n  - source: synthetic\n    name: one\n    prompt: { tokens: { uniform: [40, 80] } }\n    tokenizer: tiktoken:r50k_base\n    size: 30\n' +
        `  - source: azure-trace\n    path: ${process.cwd()}/examples/workloads/azure-trace.csv\n`,
    )

  test('show draws lengths and tells totals and hashes', async () => {
    const { code, stdout } = await assay('workload', 'show', study())
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^one: 30 requests \(30 prompt\)\n {2}sha256 [0-9a-f]{64}\n {2}input tokens: total [\d,]+, mean \d\d\.\d, median \d\d/,
    )
    expect(stdout).toMatch(/ 40-43 █/)
    expect(stdout).toMatch(/output tokens: total 1,920, mean 64\.0, median 64/)
    expect(stdout).toMatch(/unique inputs 30 of 30/)
    expect(stdout).toMatch(
      /azure-trace: 14 requests[\s\S]*arrivals over \d+\.\d+ s[\s\S]*arrivals sha256 [0-9a-f]{64}/,
    )
  })

  test('freeze writes what a study replays with the same hashes, and writes over nothing', async () => {
    const out = join(folder, 'frozen')
    const frozen = await assay('workload', 'freeze', study(), '--out', out)
    expect(frozen.code).toBe(0)
    const lines = frozen.stdout.trim().split('\n')
    expect(lines).toHaveLength(2)
    const facts = JSON.parse(readFileSync(join(out, 'azure-trace.json'), 'utf8')) as {
      arrivalsSha256: string
    }
    const again = await assay('workload', 'show', join(out, 'azure-trace.ndjson'))
    expect(again.stdout).toContain(`arrivals sha256 ${facts.arrivalsSha256}`)
    for (const line of lines) {
      const [path = '', , , , hash = ''] = line.split(/ +/)
      expect((await assay('workload', 'show', path, '--json')).stdout).toContain(hash)
    }
    const refused = await assay('workload', 'freeze', study(), '--out', out)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('exists already')])
  })

  test('the shipped example has a workload of every source that reads a file', async () => {
    const { code, stdout } = await assay('workload', 'show', 'examples/workloads/sources.yaml', '--json')
    expect(code).toBe(0)
    const shown = JSON.parse(stdout) as { name: string; requests: number; arrivalsSha256?: string }[]
    const made = [
      'synthetic',
      'shared-prefix',
      'synthetic-conversations',
      'ladder',
      'sample',
      'hf-folder',
      'frozen',
    ]
    expect(shown.map(({ name }) => name).sort()).toEqual(
      sourceKinds.filter((kind) => !made.includes(kind)).sort(),
    )
    expect(shown.filter(({ requests }) => requests < 5)).toEqual([])
    expect(shown.filter(({ arrivalsSha256 }) => arrivalsSha256 !== undefined)).toHaveLength(5)
  })

  test('verify counts what two tokenizers see otherwise', async () => {
    const pair = ['--tokenizer', 'tiktoken:r50k_base', '--tokenizer']
    const same = await assay('workload', 'verify', study(), '--workload', 'one', ...pair, 'tiktoken:gpt2')
    expect(same.stdout).toMatch(/^one: 0 of 30 prompts have other token ids/)
    const other = await assay(
      'workload',
      'verify',
      study(),
      '--workload',
      'one',
      ...pair,
      'tiktoken:o200k_base',
    )
    expect(other.stdout).toMatch(/^one: 30 of 30 prompts have other token ids/)
    expect(other.stdout).toMatch(/request 0: \d+ and \d+ tokens, first other id at \d, near "/)
  })

  test('mistakes are told with what to do', async () => {
    const one = await assay('workload', 'verify', study(), '--tokenizer', 'tiktoken:gpt2')
    expect([one.code, one.stderr]).toEqual([2, expect.stringContaining('Two tokenizers are compared')])
    const none = await assay('workload', 'show', study(), '--workload', 'two')
    expect(none.stderr).toContain('has no workload "two"')
    expect(none.stderr).toContain('It has one, azure-trace')
    const bad = write(
      'bad.yaml',
      'workloads:\n  - output: { tokens: { gamma: { shape: 2, mean: 5, min: 9, max: 3 } } }\n',
    )
    const contradictory = await assay('workload', 'show', bad)
    expect(contradictory.stderr).toMatch(
      /bad\.yaml:2:15: the shortest length \(9\) is\s+above the longest \(3\)\./,
    )
  })
})
