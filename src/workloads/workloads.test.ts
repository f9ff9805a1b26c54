import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { LengthDistribution, WorkloadSource, WorkloadSpec } from '../model/workload.ts'
import { freezeRequests, readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-workloads-'))
const path = join(folder, 'prompts.jsonl')
beforeAll(() => {
  writeFileSync(
    path,
    '{"prompt": "Why?", "output_tokens": 5}\n\n{"prompt": [1, 2, 3]}\n{"messages": [{"role": "user", "content": "Hé"}], "temperature": 0.5, "stop": "END"}\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

const fixed = (tokens: number): LengthDistribution => ({ kind: 'fixed', tokens })
const spec = (source: WorkloadSource): WorkloadSpec => ({
  name: 'w',
  source,
  outputMode: 'exact',
  sampling: { temperature: 0 },
})
const synthetic = (prompt: LengthDistribution, output = fixed(8)) =>
  spec({ kind: 'synthetic', prompt, output })

/** One token a byte. */
const bytes: Tokenizer = {
  name: 'bytes',
  encode: (text) => [...Buffer.from(text)],
  decode: (ids) => Buffer.from(ids).toString('utf8'),
}

describe.each<[string, WorkloadSpec, number]>([
  ['synthetic', synthetic({ kind: 'uniform', min: 5, max: 50 }), 30],
  ['jsonl', spec({ kind: 'jsonl', path }), 3],
  ['sample', spec({ kind: 'sample' }), 40],
])('every source: %s', (_, source, most) => {
  test('the same seed gives the same bytes, and another order of work no others', async () => {
    const first = await freezeWorkload(source, { seed: 1, count: most })
    const again = await freezeWorkload(source, { seed: 1, count: most })
    expect(again.sha256).toBe(first.sha256)
    expect(first.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test('the first requests do not depend on how many follow', async () => {
    const few = await freezeWorkload(source, { seed: 1, count: 2 })
    const many = await freezeWorkload(source, { seed: 1, count: most })
    expect(Buffer.from(many.bytes).subarray(0, few.bytes.length)).toEqual(Buffer.from(few.bytes))
  })

  test('every line is a request with its own number', async () => {
    const frozen = await freezeWorkload(source, { seed: 1, count: most })
    expect(frozen.count).toBe(most)
    const requests = Array.from({ length: most }, (_, index) => readRequest(frozen, index))
    expect(requests.map((request) => request.id)).toEqual(Array.from({ length: most }, (_, i) => i))
    expect(requests.every((request) => request.output.tokens >= 1)).toBe(true)
    expect(readRequest(frozen, most + 1)).toEqual(requests[1])
  })
})

describe('synthetic', () => {
  test('with a tokenizer every prompt has exactly the asked length', async () => {
    const frozen = await freezeWorkload(synthetic({ kind: 'uniform', min: 1, max: 400 }), {
      seed: 3,
      count: 50,
      tokenizer: bytes,
    })
    expect(frozen.notices).toEqual([])
    for (let i = 0; i < 50; i++) {
      const { input, inputTokens } = readRequest(frozen, i)
      expect(inputTokens?.source).toBe('tokenizer')
      expect(input.kind === 'prompt' && bytes.encode(input.text).length).toBe(inputTokens?.value)
    }
  })

  test('without one lengths are approximate and said to be', async () => {
    const frozen = await freezeWorkload(synthetic(fixed(130)), { seed: 3, count: 2 })
    const { input, inputTokens } = readRequest(frozen, 0)
    expect(input.kind === 'prompt' && input.text.split(' ').length).toBe(100)
    expect(inputTokens).toEqual({ value: 130, source: 'approximate' })
    expect(frozen.notices[0]).toMatch(/^Input lengths are approximate/)
  })

  test('no two prompts share more than a few opening words', async () => {
    const frozen = await freezeWorkload(synthetic(fixed(200)), { seed: 3, count: 600 })
    const openings = Array.from({ length: 600 }, (_, i) => {
      const { input } = readRequest(frozen, i)
      return input.kind === 'prompt' ? input.text.split(' ').slice(0, 5).join(' ') : ''
    })
    expect(new Set(openings).size).toBe(600)
  })

  test('another seed gives other text', async () => {
    const make = (seed: number) => freezeWorkload(synthetic(fixed(20)), { seed, count: 1 })
    expect((await make(1)).sha256).not.toBe((await make(2)).sha256)
  })

  test('lengths keep to their distribution', async () => {
    const lengths = async (prompt: LengthDistribution) => {
      const frozen = await freezeWorkload(synthetic(prompt), { seed: 3, count: 400 })
      return Array.from({ length: 400 }, (_, i) => readRequest(frozen, i).inputTokens?.value ?? 0)
    }
    const uniform = await lengths({ kind: 'uniform', min: 10, max: 20 })
    expect([Math.min(...uniform), Math.max(...uniform)]).toEqual([10, 20])
    const normal = await lengths({ kind: 'normal', mean: 100, sd: 10, min: 90, max: 130 })
    expect(Math.min(...normal)).toBeGreaterThanOrEqual(90)
    expect(Math.max(...normal)).toBeLessThanOrEqual(130)
    expect(normal.reduce((sum, length) => sum + length, 0) / 400).toBeCloseTo(102.9, 0)
  })

  test('the bytes of a version stay the same', async () => {
    const frozen = await freezeWorkload(synthetic(fixed(32)), { seed: 1, count: 3 })
    expect(frozen.sha256).toMatchInlineSnapshot(`"f7a6bf8c21f17d5d99955848d81e37ad86a04b8c6f6c5855554cc41e899cf0a6"`)
  })
})

describe('jsonl', () => {
  test('takes prompts, token ids and chats with their own settings', async () => {
    const frozen = await freezeWorkload(spec({ kind: 'jsonl', path, output: fixed(9) }), {
      seed: 1,
      count: 10,
    })
    const [prompt, tokens, chat] = [0, 1, 2].map((i) => readRequest(frozen, i))
    expect(prompt).toMatchObject({ input: { kind: 'prompt', text: 'Why?' }, output: { tokens: 5 } })
    expect(tokens).toMatchObject({ input: { kind: 'tokens', ids: [1, 2, 3] }, output: { tokens: 9 } })
    expect(chat).toMatchObject({
      input: { kind: 'chat', messages: [{ role: 'user', content: 'Hé' }] },
      sampling: { temperature: 0.5, stop: ['END'] },
    })
  })

  test('all mistakes of a file are told at once, by line', async () => {
    const bad = join(folder, 'bad.jsonl')
    writeFileSync(
      bad,
      '{"prompt": ""}\n{}\nnope\n{"prompt": "a", "top_p": 2}\n{"messages": [{"role": "boss"}]}\n[1]\n',
    )
    await expect(
      freezeWorkload(spec({ kind: 'jsonl', path: bad }), { seed: 1, count: 1 }),
    ).rejects.toMatchObject({
      code: 'bad-input-file',
      message: [
        `${bad}:1: "prompt" must be a text, or a list of token ids.`,
        `${bad}:2: expected either "prompt" (text or token ids) or "messages".`,
        `${bad}:3: not JSON: Unexpected token 'o', "nope" is not valid JSON.`,
        `${bad}:4: "top_p" must be a number above 0 and up to 1.`,
        `${bad}:5: "messages" must be a list of {"role", "content"}; roles: system, user, assistant, tool.`,
        `${bad}:6: expected a JSON object, such as {"prompt": "…"}.`,
      ].join('\n'),
    })
  })

  test('a missing and an empty file are told apart', async () => {
    const missing = freezeWorkload(spec({ kind: 'jsonl', path: join(folder, 'no') }), { seed: 1, count: 1 })
    await expect(missing).rejects.toThrow(/cannot be read: ENOENT/)
    const blank = join(folder, 'blank.jsonl')
    writeFileSync(blank, '\n\n')
    await expect(freezeWorkload(spec({ kind: 'jsonl', path: blank }), { seed: 1, count: 1 })).rejects.toThrow(
      /holds no request/,
    )
  })
})

test('the hash does not depend on the order in which a source writes its keys', () => {
  const output = { tokens: 1, mode: 'exact' } as const
  const a = freezeRequests('a', [{ id: 0, input: { kind: 'prompt', text: 'x' }, output, sampling: {} }], [])
  const b = freezeRequests('b', [{ sampling: {}, output, id: 0, input: { kind: 'prompt', text: 'x' } }], [])
  expect(a.sha256).toBe(b.sha256)
})
