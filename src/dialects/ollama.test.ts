// No real server runs here: the replies are simulated, in the shapes that Ollama sends.
import { describe, expect, test } from 'vitest'
import { cutsThatMatter, lines, readStream } from '../../test/replies.ts'
import type { Request } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { loadDialect } from './index.ts'
import { OllamaReader } from './ollama-stream.ts'

const reader = () => new OllamaReader()
const read = (body: string) => readStream(reader(), body, 'ndjson')

const head = { model: 'm', created_at: '2026-01-01T00:00:00Z' }
/** A line of /api/generate. */
const text = (response: string, more: object = {}) => ({ ...head, response, done: false, ...more })
/** A line of /api/chat. */
const chat = (message: object, more: object = {}) => ({
  ...head,
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...more,
})
const done = (reason: string, more: object = {}) => ({
  done: true,
  done_reason: reason,
  total_duration: 20_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: 3,
  prompt_eval_duration: 5_000_000,
  eval_count: 2,
  eval_duration: 1_000_000,
  ...more,
})
const logprob = (token: string) => ({ token, logprob: -0.1, top_logprobs: [] })

describe('replies', () => {
  test.each([
    [
      'generate: the last line counts',
      lines(text(' a'), text(' é b'), text('', { ...done('length'), context: [1, 2] })),
      ['content 1 " a"', 'content 1 " é b"', 'finish length', 'usage input=3 output=2'],
    ],
    [
      'chat: a line that says nothing is no token',
      lines(chat({}), chat({ content: 'Hi' }), chat({}, done('stop'))),
      ['content 1 "Hi"', 'finish stop', 'usage input=3 output=2'],
    ],
    [
      'generate: thinking is kept apart',
      lines(text('', { thinking: 'hm' }), text('Yes'), text('', done('stop'))),
      ['reasoning 1 "hm"', 'content 1 "Yes"', 'finish stop', 'usage input=3 output=2'],
    ],
    [
      'chat: thinking, text and a call in one line, whose token is the first one’s',
      lines(
        chat(
          {
            thinking: 'hm',
            content: 'Yes',
            tool_calls: [{ id: 'call_1', function: { index: 0, name: 'f', arguments: { a: 1 } } }],
          },
          { logprobs: [logprob('x'), logprob('y'), logprob('z')] },
        ),
        chat({}, done('stop')),
      ),
      [
        'reasoning 3 "hm"',
        'content 0 "Yes"',
        `tool 0 ${JSON.stringify('[{"id":"call_1","function":{"index":0,"name":"f","arguments":{"a":1}}}]')}`,
        'finish stop',
        'usage input=3 output=2',
      ],
    ],
    [
      'log-probabilities count the tokens of a line, with text or without',
      lines(
        text('', { logprobs: [logprob('h')] }),
        text(' 🌍', { logprobs: [logprob('g'), logprob('h')] }),
        text('', done('length', { eval_count: 3 })),
      ),
      ['empty 1 ""', 'content 2 " 🌍"', 'finish length', 'usage input=3 output=3'],
    ],
    [
      'counts that are 0 are left out, and stay unknown',
      lines(text(' a'), text('', { done: true, done_reason: 'stop' })),
      ['content 1 " a"', 'finish stop'],
    ],
    [
      'old versions give no reason, and no prompt count for a cached prompt',
      lines(text(' a'), text('', { done: true, eval_count: 1 })),
      ['content 1 " a"', 'usage output=1'],
    ],
    [
      'a whole answer has all its tokens in one line',
      lines(text(' a b', done('length'))).trimEnd(),
      ['content 2 " a b"', 'finish length', 'usage input=3 output=2'],
    ],
    [
      'an error line after 200',
      lines(text(' a'), { error: 'an error was encountered while running the model', status: 500 }),
      ['content 1 " a"', 'fail stream-error: an error was encountered while running the model'],
    ],
    [
      'cut off between lines',
      lines(text(' a')),
      ['content 1 " a"', 'fail truncated: The reply ended without a line that says done: true.'],
    ],
    [
      'cut off inside a line',
      `${lines(text(' a'))}{"model":"m","resp`,
      ['content 1 " a"', 'fail malformed: The server sent something that is not JSON: {"model":"m","resp'],
    ],
    ['nothing at all', '', ['fail truncated: The reply ended without a line that says done: true.']],
    [
      'an empty prompt only loads the model',
      lines({ ...head, response: '', done: true, done_reason: 'load' }),
      ['finish load', 'fail empty: The reply holds no token.'],
    ],
    [
      'tokens of which nothing is shown',
      lines(chat({}, done('stop'))),
      [
        'finish stop',
        'usage input=3 output=2',
        'fail empty: The reply holds no text, although the server counts 2 output tokens.',
      ],
    ],
    ['a list', '[1]\n', ['fail malformed: The server sent JSON that is no line of an answer: [1]']],
  ])('%s', (_, body, said) => {
    expect(read(body)).toEqual(said)
    expect(cutsThatMatter(reader, body, 'ndjson')).toEqual([])
  })

  test.each(['ollama-generate', 'ollama-chat'])('%s: the example, its events repeated', async (name) => {
    const { makeReader, framing, example } = await loadDialect(name)
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
  const bodyOf = async (
    name: string,
    asked: Request,
    { extra = {}, options = {} }: { extra?: Record<string, unknown>; options?: Record<string, unknown> } = {},
  ) => JSON.parse((await loadDialect(name, options)).encode(asked, 'm', extra)) as unknown

  test('generate: a prompt as it is, its settings under options', async () => {
    const asked = request({
      temperature: 0,
      topP: 0.9,
      topK: 5,
      minP: 0.1,
      repetitionPenalty: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      seed: 7,
      stop: ['x'],
      logprobs: 2,
    })
    const extra = { options: { num_ctx: 8192 }, keep_alive: -1 }
    expect(await bodyOf('ollama-generate', asked, { extra })).toEqual({
      model: 'm',
      prompt: 'Hi',
      raw: true,
      stream: true,
      truncate: false,
      logprobs: true,
      top_logprobs: 2,
      options: {
        num_predict: 4,
        temperature: 0,
        top_p: 0.9,
        top_k: 5,
        min_p: 0.1,
        repeat_penalty: 1,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        seed: 7,
        stop: ['x'],
        num_ctx: 8192,
      },
      keep_alive: -1,
    })
  })

  test('generate with the template of the model, in one piece', async () => {
    const options = { template: 'model', reply: 'whole' }
    expect(await bodyOf('ollama-generate', request({}), { options })).toEqual({
      model: 'm',
      prompt: 'Hi',
      raw: false,
      stream: false,
      truncate: false,
      options: { num_predict: 4 },
    })
  })

  test('chat: messages, and a prompt as the user’s', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ] as const
    const rest = { model: 'm', stream: true, truncate: false, options: { num_predict: 4 } }
    expect(await bodyOf('ollama-chat', request({}, { kind: 'chat', messages }))).toEqual({
      messages,
      ...rest,
    })
    expect(await bodyOf('ollama-chat', request({}))).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      ...rest,
    })
  })

  test.each([
    ['ollama-generate', { kind: 'chat', messages: [] }],
    ['ollama-generate', { kind: 'tokens', ids: [1] }],
    ['ollama-generate', { kind: 'batch', prompts: ['a', 'b'] }],
    ['ollama-chat', { kind: 'tokens', ids: [1] }],
    ['ollama-chat', { kind: 'batch', prompts: ['a', 'b'] }],
  ] satisfies [string, Request['input']][])('%s refuses %j', async (name, input) => {
    const { encode } = await loadDialect(name)
    expect(() => encode(request({}, input), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-input' }),
    )
  })

  test.each(['n', 'beams', 'addSpecialTokens', 'skipSpecialTokens'])('%s has no field', async (key) => {
    await expect(bodyOf('ollama-chat', request({ [key]: 2 }))).rejects.toMatchObject({
      code: 'unsupported-sampling',
      message: `ollama-chat has no field for ${key}.`,
    })
  })

  test.each(['ollama-generate', 'ollama-chat'])('%s: lengths cannot be forced', async (name) => {
    const { capabilities, models, errorMessage } = await loadDialect(name)
    expect(capabilities.exactLength).toBeUndefined()
    expect(models?.names('{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest"}]}')).toEqual([
      'llama3.2:latest',
    ])
    expect(errorMessage('{"error":"model \'x\' not found"}')).toBe("model 'x' not found")
  })
})
