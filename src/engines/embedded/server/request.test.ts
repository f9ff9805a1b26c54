import { expect, test } from 'vitest'
import { ApiError, errorBody } from './api-error.ts'
import { parseRequest, type Route } from './request.ts'

const parse = (route: Route, body: unknown) => parseRequest(route, JSON.stringify(body))

test('defaults are those of OpenAI', () => {
  expect(parse('completions', { prompt: 'hi' })).toEqual({
    prompt: { kind: 'text', text: 'hi' },
    temperature: 1,
    topP: 1,
    stop: [],
    ignoreEos: false,
    stream: false,
    includeUsage: false,
  })
})

test('every field is read, null is absent, and unknown fields are ignored', () => {
  const body = {
    model: 'm',
    prompt: [3, 1, 2],
    max_tokens: 7,
    temperature: 0,
    top_p: 0.5,
    seed: -1,
    stop: ['a', 'b'],
    ignore_eos: true,
    stream: true,
    stream_options: { include_usage: true },
    logprobs: null,
    n: 1,
    best_of: 3,
  }
  expect(parse('completions', body)).toEqual({
    model: 'm',
    prompt: { kind: 'tokens', ids: [3, 1, 2] },
    maxTokens: 7,
    temperature: 0,
    topP: 0.5,
    seed: -1,
    stop: ['a', 'b'],
    ignoreEos: true,
    stream: true,
    includeUsage: true,
  })
  expect(
    parse('completions', { prompt: 'x', max_tokens: null, stop: null, seed: null }).maxTokens,
  ).toBeUndefined()
})

test('one prompt in a list is that prompt', () => {
  expect(parse('completions', { prompt: ['hi'] }).prompt).toEqual({ kind: 'text', text: 'hi' })
  expect(parse('completions', { prompt: [[4, 5]] }).prompt).toEqual({ kind: 'tokens', ids: [4, 5] })
})

test('a chat has its text parts joined, its roles mapped, and max_completion_tokens goes first', () => {
  const messages = [
    { role: 'developer', content: 'be brief' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    { role: 'assistant', content: null },
  ]
  const request = parse('chat', { messages, max_tokens: 5, max_completion_tokens: 6, stop: '.' })
  expect(request.prompt).toEqual({
    kind: 'chat',
    messages: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'ab' },
      { role: 'assistant', content: '' },
    ],
  })
  expect(request.maxTokens).toBe(6)
  expect(request.stop).toEqual(['.'])
})

test.each([
  ['completions', {}, 'prompt', 'must be a string or a list of token ids'],
  ['completions', { prompt: ['a', 'b'] }, 'prompt', 'one prompt a request'],
  ['completions', { prompt: [1, -2] }, 'prompt', 'list of token ids'],
  ['completions', { prompt: [] }, 'prompt', 'list of token ids'],
  ['completions', { prompt: 'x', max_tokens: 0 }, 'max_tokens', 'between 1 and'],
  ['completions', { prompt: 'x', max_tokens: 1.5 }, 'max_tokens', 'whole number'],
  ['completions', { prompt: 'x', temperature: 'hot' }, 'temperature', 'must be a number, not "hot"'],
  ['completions', { prompt: 'x', top_p: 2 }, 'top_p', 'between 0 and 1'],
  ['completions', { prompt: 'x', stop: [1] }, 'stop', 'string or a list of strings'],
  ['completions', { prompt: 'x', stream: 'yes' }, 'stream', 'must be a boolean'],
  ['completions', { prompt: 'x', stream_options: 1 }, 'stream_options', 'must be an object'],
  ['completions', { prompt: 'x', n: 2 }, 'n', 'one choice'],
  ['chat', { messages: [] }, 'messages', 'at least one message'],
  ['chat', { messages: ['x'] }, 'messages[0]', 'must be an object'],
  ['chat', { messages: [{ role: 'robot', content: '' }] }, 'messages[0].role', 'one of system, developer'],
  ['chat', { messages: [{ role: 'user', content: 5 }] }, 'messages[0].content', 'must be a string'],
] satisfies [Route, unknown, string, string][])('%s refuses %o', (route, body, param, message) => {
  try {
    parse(route, body)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 400, param })
    expect((error as ApiError).message).toContain(message)
  }
})

test('a body that is no JSON object is refused', () => {
  expect(() => parseRequest('chat', '{"a":')).toThrow('not JSON')
  expect(() => parseRequest('chat', '[1]')).toThrow('must be a JSON object')
})

test('an error body has the four fields of OpenAI', () => {
  const error = new ApiError(404, 'no such model', { code: 'model_not_found', param: 'model' })
  expect(JSON.parse(errorBody(error))).toEqual({
    error: {
      message: 'no such model',
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    },
  })
  expect(JSON.parse(errorBody(new ApiError(500, 'x')))).toEqual({
    error: { message: 'x', type: 'server_error', param: null, code: null },
  })
})
