import { expect, test } from 'vitest'
import { readAsked } from './asked.ts'

const absent = { model: 'reference', outputTokens: 16 }
const read = (kind: 'chat' | 'completions', body: unknown) =>
  readAsked(kind, Buffer.from(JSON.stringify(body)), absent)

test('reads a streamed completion', () => {
  const body = {
    model: 'm',
    prompt: ' one two\nthree ',
    max_tokens: 5,
    stream: true,
    stream_options: { include_usage: true },
  }
  expect(read('completions', body)).toEqual({
    kind: 'completions',
    model: 'm',
    stream: true,
    outputTokens: 5,
    includeUsage: true,
    promptTokens: 3,
  })
})

test('fills in what a body leaves out', () => {
  expect(read('completions', { prompt: [1, 2, 3, 4] })).toEqual({
    kind: 'completions',
    model: 'reference',
    stream: false,
    outputTokens: 16,
    includeUsage: false,
    promptTokens: 4,
  })
})

test('counts the words of all messages, parts included, and takes either name of the limit', () => {
  const parts = [{ type: 'text', text: 'c d e' }, { type: 'image_url' }]
  const messages = [
    { role: 'system', content: 'a b' },
    { role: 'user', content: parts },
  ]
  expect(read('chat', { messages, max_completion_tokens: 7 })).toMatchObject({
    promptTokens: 5,
    outputTokens: 7,
  })
})

test.each([
  [['a b c'], 3],
  [[[7, 8]], 2],
  ['', 0],
])('a prompt of %j has %i tokens', (prompt, promptTokens) => {
  expect(read('completions', { prompt })).toMatchObject({ promptTokens })
})

test.each([
  ['completions', [], 'The body is no JSON object.'],
  ['completions', {}, 'prompt must be a text or a list of token ids.'],
  [
    'completions',
    { prompt: ['a', 'b'] },
    'prompt must be one prompt: this server gives one choice a request.',
  ],
  ['completions', { prompt: [[[1]]] }, 'prompt must be a text or a list of token ids.'],
  ['completions', { prompt: 'a', max_tokens: 0 }, 'max_tokens must be 1 to 1000000.'],
  ['completions', { prompt: 'a', max_tokens: '3' }, 'max_tokens must be an integer.'],
  ['completions', { prompt: 'a', model: 3 }, 'model must be a string.'],
  ['completions', { prompt: 'a', n: 2 }, 'n must be 1: this server gives one choice a request.'],
  ['chat', { messages: [] }, 'messages must be a list of messages.'],
] as const)('%s %j is refused', (kind, body, sentence) => {
  expect(read(kind, body)).toBe(sentence)
})

test('a body that is not JSON is refused', () => {
  expect(readAsked('chat', Buffer.from('{'), absent)).toBe('The body is not JSON.')
})
