import { expect, test } from 'vitest'
import type { Request } from '../model/request.ts'
import { inBatches } from './batches.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'

async function batched(requests: readonly Request[], size: number) {
  const notices: string[] = []
  const all: Request[] = []
  for await (const one of inBatches(requests, size, 'w', (text) => notices.push(text))) all.push(one)
  return { requests: all, notices }
}

function prompt(
  id: number,
  tokens: number,
  input: Request['input'] = { kind: 'prompt', text: `p${id}` },
): Request {
  return {
    id,
    input,
    output: { tokens, mode: 'exact' },
    sampling: { temperature: 0 },
    inputTokens: { value: 10, source: 'tokenizer' },
  }
}

test('prompts come in their order, the last request with what is left', async () => {
  const all = [prompt(0, 4), prompt(1, 4), prompt(2, 4, { kind: 'tokens', ids: [1] })]
  expect(await batched(all, 2)).toEqual({
    requests: [
      {
        ...prompt(0, 4),
        input: { kind: 'batch', prompts: ['p0', 'p1'] },
        inputTokens: { value: 20, source: 'tokenizer' },
      },
      { ...prompt(1, 4), input: { kind: 'batch', prompts: [[1]] } },
    ],
    notices: [],
  })
})

test('the longest output is asked of all, and said so', async () => {
  const { requests, notices } = await batched([prompt(0, 4), prompt(1, 9)], 2)
  expect(requests[0]?.output.tokens).toBe(9)
  expect(notices).toEqual([
    expect.stringContaining('1 of 1 requests carry prompts whose output lengths differ'),
  ])
})

test('a chat cannot share a request', async () => {
  const chat = prompt(0, 4, { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] })
  await expect(batched([chat], 2)).rejects.toThrow(/a chat cannot share a request/)
})

test('a workload of N requests has N, whatever they carry', async () => {
  const frozen = await freezeWorkload(
    {
      name: 'w',
      source: {
        kind: 'synthetic',
        prompt: { kind: 'fixed', tokens: 8 },
        output: { kind: 'fixed', tokens: 4 },
      },
      outputMode: 'exact',
      sampling: {},
      promptsPerRequest: 3,
    },
    { seed: 1, count: 5 },
  )
  expect(frozen.count).toBe(5)
  const sizes = Array.from({ length: 5 }, (_, i) => {
    const { input } = readRequest(frozen, i)
    return input.kind === 'batch' ? new Set(input.prompts).size : 0
  })
  expect(sizes).toEqual([3, 3, 3, 3, 3])
})
