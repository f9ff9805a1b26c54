import { expect, test } from 'vitest'
import { readStream } from '../../test/replies.ts'
import type { Request } from '../model/request.ts'
import { loadDialect } from './index.ts'

const request = (input: Request['input'] = { kind: 'prompt', text: 'Hi' }): Request => ({
  id: 0,
  input,
  output: { tokens: 4, mode: 'exact' },
  sampling: { temperature: 0 },
})
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
] as const

test('messages, and a prompt as the user’s', async () => {
  const { encode } = await loadDialect('ollama-chat')
  const rest = { model: 'm', stream: true, truncate: false, options: { num_predict: 4, temperature: 0 } }
  expect(JSON.parse(encode(request({ kind: 'chat', messages }), 'm', {}))).toEqual({ messages, ...rest })
  expect(JSON.parse(encode(request(), 'm', { think: false }))).toEqual({
    messages: [{ role: 'user', content: 'Hi' }],
    ...rest,
    think: false,
  })
})

test('a reply in one piece', async () => {
  const { encode, capabilities } = await loadDialect('ollama-chat', { reply: 'whole' })
  expect(JSON.parse(encode(request(), 'm', {}))).toMatchObject({ stream: false })
  expect(capabilities.streaming).toBe(false)
})

test.each([
  { kind: 'tokens', ids: [1] },
  { kind: 'batch', prompts: ['a', 'b'] },
] satisfies Request['input'][])('input of the kind $kind is refused', async (input) => {
  const { encode } = await loadDialect('ollama-chat')
  expect(() => encode(request(input), 'm', {})).toThrow(
    expect.objectContaining({ code: 'unsupported-input' }),
  )
})

test('several answers are refused, lengths cannot be forced', async () => {
  const { encode, capabilities } = await loadDialect('ollama-chat')
  expect(() => encode({ ...request(), sampling: { n: 2 } }, 'm', {})).toThrow(
    'ollama-chat has no field for n.',
  )
  expect(capabilities.exactLength).toBeUndefined()
})

test('the example, its events repeated', async () => {
  const { makeReader, framing, example } = await loadDialect('ollama-chat')
  const { events, ending } = example
  expect(readStream(makeReader(), [...events, ...events, ending].join(''), framing)).toEqual([
    'content 1 " one"',
    'content 1 " two"',
    'content 1 " one"',
    'content 1 " two"',
    'finish stop',
    'usage input=3 output=2',
  ])
})
