// No real server runs here: the streams are simulated, in the shapes that LightLLM's API server sends.
import { describe, expect, test } from 'vitest'
import { cutsThatMatter, events, readStream, readWhole } from '../../test/replies.ts'
import type { Request } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { loadDialect } from './index.ts'
import { TokenReader } from './token-stream.ts'

const reader = () => new TokenReader({ hidesSpecial: false })

/** An event with the token number `count`. */
const token = (count: number | undefined, text: string, more: object = {}) => ({
  token: {
    id: 5,
    text,
    logprob: -0.1,
    special: false,
    ...(count === undefined ? {} : { count_output_tokens: count, prompt_tokens: 3 }),
  },
  generated_text: null,
  finished: false,
  finish_reason: null,
  details: null,
  ...more,
})
const last = (reason: string) => ({ finished: true, finish_reason: reason })
/** LightLLM writes no space after the colon. */
const stream = (...payloads: readonly (object | string)[]) =>
  events(...payloads).replaceAll('data: ', 'data:')

describe('streams', () => {
  test('a token an event, the last one in the event that ends the stream', () => {
    const sent = stream(token(1, ' a'), token(2, ''), token(3, ' é', last('length')))
    expect(readStream(reader(), sent)).toEqual([
      'content 1 " a"',
      'empty 1 ""',
      'content 1 " é"',
      'finish length',
      'usage input=3 output=3',
    ])
  })

  test('an event counts what came since the one before', () => {
    const sent = stream(token(1, ' a'), token(4, ' b c d', last('stop')))
    expect(readStream(reader(), sent)).toEqual([
      'content 1 " a"',
      'content 3 " b c d"',
      'finish stop',
      'usage input=3 output=4',
    ])
  })

  test('an end that repeats the count and has no text is no token', () => {
    const sent = stream(token(1, ' a'), token(1, '', last('stop')))
    expect(readStream(reader(), sent)).toEqual(['content 1 " a"', 'finish stop', 'usage input=3 output=1'])
  })

  test('the first versions state no counts', () => {
    const sent = stream(token(undefined, ' a'), token(undefined, '', last('stop')))
    expect(readStream(reader(), sent)).toEqual(['content 1 " a"', 'empty 1 ""', 'finish stop'])
  })

  test('counts of 0 are counts the server does not have', () => {
    const none = { token: { id: 5, text: ' a', special: false, count_output_tokens: 0, prompt_tokens: 0 } }
    const sent = stream({ ...token(0, ''), ...none }, { ...token(0, ''), ...none, ...last('length') })
    expect(readStream(reader(), sent)).toEqual(['content 1 " a"', 'content 1 " a"', 'finish length'])
  })

  test('the text of special tokens is text: the server leaves it out if asked', () => {
    const special = {
      token: { id: 2, text: '</s>', special: true, count_output_tokens: 1, prompt_tokens: 3 },
    }
    expect(readStream(reader(), stream({ ...token(1, ''), ...special, ...last('stop') }))[0]).toBe(
      'content 1 "</s>"',
    )
  })

  test('a server started with --use_tgi_api ends with details', () => {
    const sent = stream(token(1, ' a'), {
      ...token(2, ' b', last('length')),
      generated_text: ' a b',
      details: { generated_tokens: 2, finish_reason: 'length' },
    })
    expect(readStream(reader(), sent).slice(2)).toEqual(['finish length', 'usage input=3 output=2'])
  })

  test('an error inside a stream that began with 200, and the marker after it', () => {
    const sent = stream(
      token(1, ' a'),
      { error: { message: 'too long', type: 'invalid_request_error' } },
      '[DONE]',
    )
    expect(readStream(reader(), sent)).toEqual(['content 1 " a"', 'fail stream-error: too long'])
  })

  test('an answer that was given up is a failure', () => {
    expect(readStream(reader(), stream(token(1, ' a'), token(1, '', last('abort'))))).toContain(
      'fail stream-error: The server ended the answer with finish_reason "abort".',
    )
  })

  test('cut off and empty replies', () => {
    expect(readStream(reader(), stream(token(1, ' a'))).at(-1)).toBe(
      'fail truncated: The reply ended before its last event.',
    )
    expect(readStream(reader(), stream({ token: null, ...last('stop') })).at(-1)).toBe(
      'fail empty: The reply holds no token.',
    )
  })

  test('how a stream is cut makes no difference', () => {
    const sent = stream(token(1, ' 🌍'), token(3, 'é', last('length')))
    expect(cutsThatMatter(reader, sent)).toEqual([])
  })
})

describe('whole answers', () => {
  test('one answer', () => {
    const body = {
      generated_text: [' a b'],
      count_output_tokens: 2,
      finish_reason: 'length',
      prompt_tokens: 3,
    }
    expect(readWhole(reader(), JSON.stringify(body))).toEqual([
      'content 2 " a b"',
      'finish length',
      'usage input=3 output=2',
    ])
  })

  test('several answers, each with its tokens', () => {
    const body = {
      generated_text: [' a b', ' c'],
      count_output_tokens: [2, 1],
      finish_reason: ['length', 'stop'],
      prompt_tokens: 3,
    }
    expect(readWhole(reader(), JSON.stringify(body))).toEqual([
      'prompt 0',
      'content 2 " a b"',
      'finish length',
      'prompt 1',
      'content 1 " c"',
      'finish stop',
      'usage input=3 output=3',
    ])
  })

  test('the first versions say less', () => {
    const body = { generated_text: [' a b'], count_output_tokens: 2 }
    expect(readWhole(reader(), JSON.stringify(body))).toEqual(['content 2 " a b"', 'usage output=2'])
  })

  test('they come without a content type: the body is read as JSON', async () => {
    const { path, framing, capabilities } = await loadDialect('lightllm', { reply: 'whole' })
    expect([path, framing, capabilities.streaming]).toEqual(['/generate', 'json', false])
  })
})

describe('requests', () => {
  const request = (
    sampling: Sampling,
    input: Request['input'] = { kind: 'prompt', text: 'Hi' },
  ): Request => ({
    id: 0,
    input,
    output: { tokens: 4, mode: 'exact' },
    sampling,
  })

  test.each([
    ['greedy', { temperature: 0, topP: 0.9, topK: 5 }, { do_sample: false }],
    ['a draw', { temperature: 0.7 }, { do_sample: true, temperature: 0.7 }],
    ['a draw at its own temperature', { topP: 0.9, topK: 0 }, { do_sample: true, top_p: 0.9, top_k: -1 }],
    [
      'the rest',
      { presencePenalty: 0.5, stop: ['x'], addSpecialTokens: false, skipSpecialTokens: false },
      { presence_penalty: 0.5, stop_sequences: ['x'], add_special_tokens: false, skip_special_tokens: false },
    ],
  ])('%s', async (_, sampling, fields) => {
    const { encode } = await loadDialect('lightllm')
    expect(
      JSON.parse(encode(request(sampling), 'm', { parameters: { disable_prompt_cache: true } })),
    ).toEqual({
      inputs: 'Hi',
      parameters: { max_new_tokens: 4, ignore_eos: true, ...fields, disable_prompt_cache: true },
    })
  })

  test('a capped length is not forced; token ids are inputs too', async () => {
    const { encode } = await loadDialect('lightllm')
    const capped = {
      ...request({}, { kind: 'tokens', ids: [1, 2] }),
      output: { tokens: 4, mode: 'up-to' as const },
    }
    expect(JSON.parse(encode(capped, 'm', {}))).toEqual({ inputs: [1, 2], parameters: { max_new_tokens: 4 } })
  })

  test('only a whole reply can hold several answers', async () => {
    const streamed = await loadDialect('lightllm')
    expect(() => streamed.encode(request({ n: 2 }), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-sampling' }),
    )
    const whole = await loadDialect('lightllm', { reply: 'whole' })
    expect(JSON.parse(whole.encode(request({ n: 2 }), 'm', {})).parameters).toEqual({
      max_new_tokens: 4,
      ignore_eos: true,
      n: 2,
      best_of: 2,
    })
  })

  test.each([
    { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] },
    { kind: 'batch', prompts: ['a', 'b'] },
  ] satisfies Request['input'][])('input of the kind $kind is refused', async (input) => {
    const { encode } = await loadDialect('lightllm')
    expect(() => encode(request({}, input), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-input' }),
    )
  })
})
