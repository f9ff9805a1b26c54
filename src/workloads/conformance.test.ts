import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { WorkloadSource, WorkloadSpec } from '../model/workload.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload, workloadSources } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-conformance-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'prompts.jsonl')
writeFileSync(path, Array.from({ length: 12 }, (_, i) => `{"prompt": "Question ${i}, née ${i}?"}\n`).join(''))

/** An example of every source, which draws its lengths. */
const examples: { readonly [K in keyof typeof workloadSources]: Extract<WorkloadSource, { kind: K }> } = {
  synthetic: {
    kind: 'synthetic',
    prompt: { kind: 'uniform', min: 5, max: 50 },
    output: { kind: 'normal', mean: 64, sd: 9, min: 1, max: 99 },
  },
  jsonl: { kind: 'jsonl', path, output: { kind: 'uniform', min: 1, max: 99 } },
  sample: { kind: 'sample', output: { kind: 'uniform', min: 1, max: 99 } },
}

/** Of 12 requests with seed 1. A change means that studies of the version before cannot be replayed: say so. */
const pinned: Record<keyof typeof workloadSources, string> = {
  synthetic: 'f6899a4764e263ac1437ea92e8a8aae5727378212d0fae79da0369311e4fb685',
  jsonl: 'b6eaf25f9fab9f54b65eb9d0bedaf4b372c86085a8db6b705adc2eeb77774a05',
  sample: '722402652fa2256239dc9c9c137d4c0c1b3397e7accbaa51d850f02ba65ba567',
}

const names = Object.keys(workloadSources) as (keyof typeof workloadSources)[]

describe.each(names)('source %s', (name) => {
  const spec = (size?: number): WorkloadSpec => ({
    name: 'w',
    source: examples[name],
    outputMode: 'exact',
    sampling: { temperature: 0, stop: ['END'] },
    ...(size === undefined ? {} : { size }),
  })
  const freeze = (count: number, seed = 1) => freezeWorkload(spec(count), { seed, count })

  test('gives the same bytes for the same seed, and those of this version', async () => {
    const first = await freeze(12)
    expect((await freeze(12)).sha256).toBe(first.sha256)
    expect(first.sha256).toBe(pinned[name])
  })

  test('states the hash of its bytes', async () => {
    const { bytes, sha256 } = await freeze(12)
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  test('gives other requests for another seed or name', async () => {
    const { sha256 } = await freeze(12)
    expect((await freeze(12, 2)).sha256).not.toBe(sha256)
    const renamed = await freezeWorkload({ ...spec(12), name: 'v' }, { seed: 1, count: 12 })
    expect(renamed.sha256).not.toBe(sha256)
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
    expect(requests[0]).toMatchObject({
      output: { mode: 'exact' },
      sampling: { temperature: 0, stop: ['END'] },
    })
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
