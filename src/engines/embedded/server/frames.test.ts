import { expect, test } from 'vitest'
import { makeFrames } from './frames.ts'

const read = (frame: string) => {
  expect(frame.startsWith('data: ') && frame.endsWith('\n\n')).toBe(true)
  return JSON.parse(frame.slice(6))
}
const usage = { promptTokens: 3, completionTokens: 2 }
const counts = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

test('a completion streams text, then the reason, then usage', () => {
  const frames = makeFrames('completions', 'cmpl-1', 'm', 12)
  const head = { id: 'cmpl-1', object: 'text_completion', created: 12, model: 'm' }
  const choice = { index: 0, text: '"\n', logprobs: null, finish_reason: null }
  expect(frames.opening).toBe('')
  expect(read(frames.token('"\n'))).toEqual({ ...head, choices: [choice] })
  expect(read(frames.finish('length', ''))).toEqual({
    ...head,
    choices: [{ ...choice, text: '', finish_reason: 'length' }],
  })
  expect(read(frames.usage(usage))).toEqual({ ...head, choices: [], usage: counts })
  expect(frames.done).toBe('data: [DONE]\n\n')
  expect(JSON.parse(frames.whole('ab', 'stop', { ...usage, cachedTokens: 1 }))).toEqual({
    ...head,
    choices: [{ ...choice, text: 'ab', finish_reason: 'stop' }],
    usage: { ...counts, prompt_tokens_details: { cached_tokens: 1 } },
  })
})

test('a chat streams its role, its content, and an empty delta with the reason', () => {
  const frames = makeFrames('chat', 'chatcmpl-1', 'm', 12)
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 12, model: 'm' }
  const rest = { index: 0, logprobs: null, finish_reason: null }
  expect(read(frames.opening)).toEqual({
    ...head,
    choices: [{ ...rest, delta: { role: 'assistant', content: '' } }],
  })
  expect(read(frames.token('hé'))).toEqual({ ...head, choices: [{ ...rest, delta: { content: 'hé' } }] })
  expect(read(frames.finish('stop', ''))).toEqual({
    ...head,
    choices: [{ ...rest, delta: {}, finish_reason: 'stop' }],
  })
  expect(read(frames.finish('stop', 'x')).choices[0].delta).toEqual({ content: 'x' })
  expect(JSON.parse(frames.whole('hé', 'stop', usage))).toEqual({
    ...head,
    object: 'chat.completion',
    choices: [{ ...rest, message: { role: 'assistant', content: 'hé' }, finish_reason: 'stop' }],
    usage: counts,
  })
})
