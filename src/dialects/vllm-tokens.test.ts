// Streams as vLLM's token endpoint writes them, simulated.
import { expect, test } from 'vitest'
import { cutsThatMatter, events, readStream, readWhole } from '../../test/replies.ts'
import { vllmTokens } from './vllm-tokens.ts'

const frame = (token_ids: number[], finish_reason: string | null = null) => ({
  request_id: 'r1',
  choices: [{ index: 0, logprobs: null, finish_reason, token_ids }],
})

test('an event weighs as many tokens as it has ids', () => {
  const stream = events(
    frame([7]),
    frame([8, 9], 'length'),
    { request_id: 'r1', choices: [], usage: { prompt_tokens: 2, completion_tokens: 3 } },
    '[DONE]',
  )
  expect(readStream(vllmTokens.makeReader(), stream)).toEqual([
    'id r1',
    'empty 1 ""',
    'empty 2 ""',
    'finish length',
    'usage input=2 output=3',
  ])
  expect(cutsThatMatter(() => vllmTokens.makeReader(), stream)).toEqual([])
})

test('an answer in one piece', () => {
  const whole = JSON.stringify(frame([7, 8, 9], 'length'))
  expect(readWhole(vllmTokens.makeReader(), whole)).toEqual(['id r1', 'empty 3 ""', 'finish length'])
})

test('cut short, empty, failed', () => {
  expect(readStream(vllmTokens.makeReader(), events(frame([7]))).at(-1)).toMatch(/^fail truncated/)
  expect(readStream(vllmTokens.makeReader(), events(frame([], 'stop'), '[DONE]')).at(-1)).toMatch(
    /^fail empty/,
  )
  const error = { error: { message: 'out of blocks', type: 'InternalServerError', code: 500 } }
  expect(readStream(vllmTokens.makeReader(), events(frame([7]), error)).at(-1)).toBe(
    'fail stream-error: out of blocks',
  )
})

test('settings lie under sampling_params, and further ones of the user go there too', () => {
  const request = {
    id: 0,
    input: { kind: 'tokens', ids: [1, 2] },
    output: { tokens: 4, mode: 'exact' },
    sampling: { temperature: 0 },
  } as const
  const body = vllmTokens.encode(request, 'm', { sampling_params: { min_tokens: 4 }, cache_salt: 'x' })
  expect(JSON.parse(body)).toEqual({
    model: 'm',
    token_ids: [1, 2],
    stream: true,
    stream_options: { include_usage: true },
    sampling_params: { max_tokens: 4, ignore_eos: true, temperature: 0, min_tokens: 4 },
    cache_salt: 'x',
  })
})
