// No real server runs here: the streams are simulated, in the shapes that TGI's router sends.
import { describe, expect, test } from 'vitest'
import { cutsThatMatter, events, readStream, readWhole } from '../../test/replies.ts'
import type { Request } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { loadDialect } from './index.ts'
import { TokenReader } from './token-stream.ts'

const reader = () => new TokenReader({ hidesSpecial: true })

/** An event with a token. */
const token = (index: number, text: string, more: object = {}) => ({
  index,
  token: { id: 5, text, logprob: -0.1, special: false },
  top_tokens: [],
  generated_text: null,
  details: null,
  ...more,
})
const end = (text: string, tokens: number, reason: string, more: object = {}) => ({
  generated_text: text,
  details: { finish_reason: reason, generated_tokens: tokens, seed: null, ...more },
})
/** TGI writes no space after the colon. */
const stream = (...payloads: readonly object[]) => events(...payloads).replaceAll('data: ', 'data:')

describe('streams', () => {
  test('the last event brings a token too, and a special one has no text', () => {
    const sent = stream(
      token(1, ' a'),
      token(2, '</s>', {
        token: { id: 2, text: '</s>', logprob: -0.1, special: true },
        ...end(' a', 2, 'eos_token', { input_length: 3 }),
      }),
    )
    expect(readStream(reader(), sent)).toEqual([
      'content 1 " a"',
      'empty 1 ""',
      'finish stop',
      'usage input=3 output=2',
    ])
  })

  test('a token that waits for the rest of its character is counted; the texts make the whole text', () => {
    const sent = stream(
      token(1, ''),
      token(2, '🌍'),
      token(3, ' "é"', end('🌍 "é"', 3, 'length', { input_length: 7 })),
    )
    expect(readStream(reader(), sent)).toEqual([
      'empty 1 ""',
      'content 1 "🌍"',
      'content 1 " \\"é\\""',
      'finish length',
      'usage input=7 output=3',
    ])
  })

  test('speculation sends several events at once, each with its token; top tokens are no tokens', () => {
    const sent = stream(
      token(1, ' a', { top_tokens: [{ id: 5, text: ' a', logprob: -0.1, special: false }] }),
      token(2, ' b', { top_tokens: [{ id: 6, text: ' x', logprob: -0.9, special: false }] }),
      token(3, ' c', end(' a b c', 3, 'stop_sequence')),
    )
    expect(readStream(reader(), sent)).toEqual([
      'content 1 " a"',
      'content 1 " b"',
      'content 1 " c"',
      'finish stop',
      'usage output=3',
    ])
  })

  test('without details nothing is said of counts and reason', () => {
    const sent = stream(token(1, ' a', { generated_text: ' a' }))
    expect(readStream(reader(), sent)).toEqual(['content 1 " a"'])
  })

  test('an error inside a stream that began with 200', () => {
    const sent = stream(token(1, ' a'), {
      error: 'Request failed during generation: x',
      error_type: 'generation',
    })
    expect(readStream(reader(), sent)).toEqual([
      'content 1 " a"',
      'fail stream-error: Request failed during generation: x',
    ])
  })

  test.each([
    ['no last event', stream(token(1, ' a')), 'fail truncated: The reply ended before its last event.'],
    ['nothing at all', '', 'fail truncated: The reply ended before its last event.'],
    [
      'an end without a token',
      stream({ token: null, ...end('', 0, 'eos_token') }),
      'fail empty: The reply holds no token.',
    ],
    ['something else', 'data:oops\n\n', 'fail malformed: The server sent something that is not JSON: oops'],
    ['a number', 'data:3\n\n', 'fail malformed: The server sent JSON that is no event: 3'],
  ])('%s', (_, sent, said) => {
    expect(readStream(reader(), sent).at(-1)).toBe(said)
  })

  test('how a stream is cut makes no difference', () => {
    const sent = stream(token(1, ' 🌍'), token(2, 'é', end(' 🌍é', 2, 'length', { input_length: 3 })))
    expect(cutsThatMatter(reader, sent)).toEqual([])
  })
})

describe('whole answers', () => {
  const whole = {
    generated_text: ' a b',
    details: {
      finish_reason: 'length',
      generated_tokens: 2,
      seed: null,
      prefill: [],
      tokens: [
        { id: 5, text: ' a', logprob: -0.1, special: false },
        { id: 6, text: ' b', logprob: -0.1, special: false },
      ],
    },
  }

  test.each([
    ['as an object', whole],
    ['in a list', [whole]],
  ])('one event with all tokens, %s', (_, body) => {
    expect(readWhole(reader(), JSON.stringify(body))).toEqual([
      'content 2 " a b"',
      'finish length',
      'usage output=2',
    ])
  })

  test('the prompt is counted where decoder_input_details lists it', () => {
    const prefill = ['<s>', 'One', ' two'].map((text, id) => ({ id, text, logprob: null }))
    const body = JSON.stringify({ ...whole, details: { ...whole.details, prefill } })
    expect(readWhole(reader(), body).at(-1)).toBe('usage input=3 output=2')
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
  const bodyOf = async (sampling: Sampling, extra: Readonly<Record<string, unknown>> = {}) =>
    JSON.parse((await loadDialect('tgi')).encode(request(sampling), 'm', extra)) as unknown

  test.each([
    ['nothing asked', {}, {}],
    ['greedy: nothing may narrow a draw', { temperature: 0, topP: 0.9, topK: 5 }, { do_sample: false }],
    [
      'a draw',
      { temperature: 0.7, topP: 0.9, topK: 5 },
      { do_sample: true, temperature: 0.7, top_p: 0.9, top_k: 5 },
    ],
    ['filters that are off', { temperature: 1, topP: 1, topK: -1 }, { do_sample: true, temperature: 1 }],
    [
      'the rest',
      { repetitionPenalty: 1.1, frequencyPenalty: 0.5, seed: 7, stop: ['x'], logprobs: 2 },
      { repetition_penalty: 1.1, frequency_penalty: 0.5, seed: 7, stop: ['x'], top_n_tokens: 2 },
    ],
  ])('%s', async (_, sampling, fields) => {
    expect(await bodyOf(sampling)).toEqual({
      inputs: 'Hi',
      parameters: { max_new_tokens: 4, details: true, ...fields },
    })
  })

  test('further parameters go beside ours', async () => {
    expect(await bodyOf({}, { parameters: { truncate: 100 }, cache: false })).toEqual({
      inputs: 'Hi',
      parameters: { max_new_tokens: 4, details: true, truncate: 100 },
      cache: false,
    })
  })

  test.each(['n', 'beams', 'presencePenalty', 'minP', 'addSpecialTokens'])('%s has no field', async (key) => {
    const { encode } = await loadDialect('tgi')
    expect(() => encode(request({ [key]: 2 }), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-sampling' }),
    )
  })

  test.each([
    { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] },
    { kind: 'tokens', ids: [1] },
    { kind: 'batch', prompts: ['a', 'b'] },
  ] satisfies Request['input'][])('input of the kind $kind is refused', async (input) => {
    const { encode } = await loadDialect('tgi')
    expect(() => encode(request({}, input), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-input' }),
    )
  })

  test('lengths cannot be forced', async () => {
    expect((await loadDialect('tgi')).capabilities.exactLength).toBeUndefined()
  })

  test('whole answers have a path of their own', async () => {
    const { path, capabilities } = await loadDialect('tgi', { reply: 'whole' })
    expect([path, capabilities.streaming]).toEqual(['/generate', false])
    await expect(loadDialect('tgi', { reply: 'half' })).rejects.toMatchObject({ code: 'bad-dialect-option' })
  })

  test('the model is named by /info, errors by their sentence', async () => {
    const { models, errorMessage } = await loadDialect('tgi')
    expect(models?.names('{"model_id":"org/m","version":"3.3.7"}')).toEqual(['org/m'])
    expect(models?.names('no')).toEqual([])
    expect(errorMessage('{"error":"Model is overloaded","error_type":"overloaded"}')).toBe(
      'Model is overloaded',
    )
  })
})
