// No real server runs here: the replies are simulated, in the shapes that Ollama sends.
import { describe, expect, test } from 'vitest'
import { cutsThatMatter, lines, readStream } from '../../test/replies.ts'
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
})
