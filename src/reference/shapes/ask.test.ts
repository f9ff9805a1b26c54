import { expect, test } from 'vitest'
import { lightllm } from './lightllm.ts'
import { lmdeployGenerate } from './lmdeploy-generate.ts'
import { openAiChat, openAiCompletions } from './openai.ts'
import { sglangGenerate } from './sglang-generate.ts'
import type { Shape } from './shape.ts'
import { tgi } from './tgi.ts'
import { vllmTokens } from './vllm-tokens.ts'

const absent = { model: 'reference', path: '/', outputTokens: 16 }
const shapes = { chat: openAiChat(), completions: openAiCompletions() }
const read = (kind: keyof typeof shapes, body: Record<string, unknown>) => shapes[kind].ask(body, absent)
const plain = { listed: false, n: 1, tokenIds: false, progress: false }

test('reads a streamed completion', () => {
  const body = {
    model: 'm',
    prompt: ' one two\nthree ',
    max_tokens: 5,
    stream: true,
    stream_options: { include_usage: true },
  }
  expect(read('completions', body)).toEqual({
    ...plain,
    model: 'm',
    stream: true,
    outputTokens: 5,
    includeUsage: true,
    prompts: [{ tokens: 3, text: ' one two\nthree ' }],
  })
})

test('fills in what a body leaves out', () => {
  expect(read('completions', { prompt: [1, 2, 3, 4] })).toEqual({
    ...plain,
    model: 'reference',
    stream: false,
    outputTokens: 16,
    includeUsage: false,
    prompts: [{ tokens: 4, text: '' }],
  })
})

test('counts the words of all messages, parts included, and takes either name of the limit', () => {
  const parts = [{ type: 'text', text: 'c d e' }, { type: 'image_url' }]
  const messages = [
    { role: 'system', content: 'a b' },
    { role: 'user', content: parts },
  ]
  expect(read('chat', { messages, max_completion_tokens: 7 })).toMatchObject({
    prompts: [{ tokens: 5 }],
    outputTokens: 7,
  })
})

test.each([
  [['a b c'], [3]],
  [[[7, 8]], [2]],
  [
    ['a', 'b c'],
    [1, 2],
  ],
  [
    [[1], [2, 3]],
    [1, 2],
  ],
  ['', [0]],
])('a prompt of %j has %j tokens', (prompt, tokens) => {
  expect(read('completions', { prompt })).toMatchObject({ prompts: tokens.map((tokens) => ({ tokens })) })
})

test.each([
  ['completions', {}, 'prompt must be a text or a list of token ids.'],
  ['completions', { prompt: [[[1]]] }, 'prompt must be a text or a list of token ids.'],
  ['completions', { prompt: 'a', max_tokens: 0 }, 'max_tokens must be 1 to 1000000.'],
  ['completions', { prompt: 'a', max_tokens: '3' }, 'max_tokens must be an integer.'],
  ['completions', { prompt: 'a', model: 3 }, 'model must be a string.'],
  ['completions', { prompt: 'a', n: 0 }, 'n must be 1 to 128.'],
  [
    'completions',
    { prompt: ['a', 'b', 'c', 'd', 'e'], max_tokens: 900_000 },
    'One request takes at most 4000000 output tokens.',
  ],
  [
    'completions',
    { prompt: Array.from({ length: 600 }, () => 'a'), n: 110 },
    'One request takes at most 65535 answers.',
  ],
  ['chat', { messages: [] }, 'messages must be a list of messages.'],
] as const)('%s %j is refused', (kind, body, sentence) => {
  expect(read(kind, body)).toBe(sentence)
})

test.each<[Shape, Record<string, unknown>, unknown]>([
  [
    tgi(true),
    { inputs: 'a b', parameters: { max_new_tokens: 9, details: true } },
    { stream: true, outputTokens: 9, includeUsage: true },
  ],
  [tgi(false), { inputs: 'a' }, { stream: false, outputTokens: 16 }],
  [tgi(true), { inputs: ['a'] }, undefined],
  [lightllm(true), { inputs: [1, 2], parameters: { max_new_tokens: 3 } }, { prompts: [{ tokens: 2 }] }],
  [lightllm(true), { inputs: 'a' }, undefined],
  [
    sglangGenerate(true),
    { input_ids: [[1], [2, 3]], sampling_params: { max_new_tokens: 3 }, stream: true },
    { prompts: [{ tokens: 1 }, { tokens: 2 }], listed: true, outputTokens: 3, stream: true },
  ],
  [lmdeployGenerate, { prompt: 'a', input_ids: [1] }, undefined],
  [lmdeployGenerate, { input_ids: [1, 2], max_tokens: 4 }, { prompts: [{ tokens: 2 }], outputTokens: 4 }],
  [
    vllmTokens,
    { token_ids: [1, 2], sampling_params: { max_tokens: 4, n: 2 } },
    { prompts: [{ tokens: 2 }], outputTokens: 4, n: 2 },
  ],
])('%o reads %j', (shape, body, expected) => {
  const asked = shape.ask(body, absent)
  if (expected === undefined) expect(asked).toBeTypeOf('string')
  else expect(asked).toMatchObject(expected as object)
})
