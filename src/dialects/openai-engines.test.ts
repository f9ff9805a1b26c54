import { describe, expect, test } from 'vitest'
import { cutsThatMatter, events, readStream } from '../../test/replies.ts'
import { OpenAiReader } from './openai-stream.ts'

interface Recorded {
  readonly server: string
  readonly kind: 'chat' | 'completions' | 'azure'
  readonly stream: string
  readonly said: readonly string[]
}

const readers = {
  chat: () => new OpenAiReader({ onePrompt: true }),
  completions: () => new OpenAiReader(),
  azure: () => new OpenAiReader({ onePrompt: true, emptyTextIsToken: false }),
}

/** A chunk of a completion with one choice. */
const text = (index: number, said: string, more: object = {}) => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'tiny',
  choices: [{ index, text: said, logprobs: null, finish_reason: null, ...more }],
})
/** A chunk of a chat with one choice. */
const delta = (said: object, finish: string | null = null, index = 0) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'tiny',
  choices: [{ index, delta: said, logprobs: null, finish_reason: finish }],
})
const usage = (prompt: number, completion: number, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})
/** llama.cpp puts what differs elsewhere. */
const llama = (choice: object, more: object = {}) => ({
  choices: [choice],
  created: 1,
  model: 'gemma',
  system_fingerprint: 'b0-unknown',
  object: 'chat.completion.chunk',
  id: 'chatcmpl-x',
  ...more,
})
const timings = (cache: number, prompt: number, predicted: number) => ({
  timings: { cache_n: cache, prompt_n: prompt, prompt_ms: 5, predicted_n: predicted, predicted_ms: 9 },
})

const recorded: readonly Recorded[] = [
  {
    server: 'vLLM completions, token ids asked for: an event counts the ids it carries',
    kind: 'completions',
    stream: events(
      '{"id":"cmpl-r1","choices":[{"index":0,"text":" a","finish_reason":null,"prompt_token_ids":[1,2],"token_ids":[263]}]}',
      '{"id":"cmpl-r1","choices":[{"index":0,"text":"","finish_reason":null,"token_ids":[7]}]}',
      '{"id":"cmpl-r1","choices":[{"index":0,"text":"é c","finish_reason":"length","stop_reason":null,"token_ids":[289,274]}]}',
      '{"id":"cmpl-r1","choices":[],"usage":{"prompt_tokens":2,"completion_tokens":4,"total_tokens":6}}',
      '[DONE]',
    ),
    said: [
      'id cmpl-r1',
      'content 1 " a"',
      'empty 1 ""',
      'content 2 "é c"',
      'finish length',
      'usage input=2 output=4',
    ],
  },
  {
    server: 'vLLM chat: the role frame is no token, half a character is one',
    kind: 'chat',
    stream: events(
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hi' }),
      delta({ content: '' }),
      delta({ content: ' é' }, 'length'),
      {
        id: 'chatcmpl-1',
        choices: [],
        usage: usage(9, 3, { prompt_tokens_details: { cached_tokens: 8 } }),
      },
      '[DONE]',
    ),
    said: [
      'id chatcmpl-1',
      'content 1 "Hi"',
      'empty 1 ""',
      'content 1 " é"',
      'finish length',
      'usage input=9 output=3 cached=8',
    ],
  },
  {
    server: 'vLLM chat, reasoning: kept apart from the answer and from calls',
    kind: 'chat',
    stream: events(
      delta({ role: 'assistant', content: '', reasoning: null }),
      delta({ reasoning: 'hm' }),
      delta({ reasoning: ' so' }),
      delta({ content: 'Yes' }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
      delta({}, 'tool_calls'),
      { choices: [], usage: usage(5, 4, { completion_tokens_details: { reasoning_tokens: 2 } }) },
      '[DONE]',
    ),
    said: [
      'id chatcmpl-1',
      'reasoning 1 "hm"',
      'reasoning 1 " so"',
      'content 1 "Yes"',
      `tool 1 ${JSON.stringify('[{"index":0,"function":{"arguments":"{}"}}]')}`,
      'finish tool_calls',
      'usage input=5 output=4 reasoning=2',
    ],
  },
  {
    server: 'vLLM completions, usage in every frame: an event counts what came since the last one',
    kind: 'completions',
    stream: events(
      { ...text(0, ' a'), usage: usage(4, 1) },
      { ...text(0, ' b c'), usage: usage(4, 3) },
      { ...text(0, ''), usage: usage(4, 4) },
      { ...text(0, '', { finish_reason: 'stop' }), usage: usage(4, 5) },
      { id: 'cmpl-1', choices: [], usage: usage(4, 5) },
      '[DONE]',
    ),
    said: [
      'id cmpl-1',
      'content 1 " a"',
      'usage input=4 output=1',
      'content 2 " b c"',
      'usage input=4 output=3',
      'empty 1 ""',
      'usage input=4 output=4',
      'empty 1 ""',
      'finish stop',
      'usage input=4 output=5',
      'usage input=4 output=5',
    ],
  },
  {
    server:
      'vLLM completions, two prompts, usage in every frame: each frame states its own prompt, the end all',
    kind: 'completions',
    stream: events(
      { ...text(0, ' a'), usage: usage(4, 1) },
      { ...text(1, ' x y'), usage: usage(6, 2) },
      { ...text(0, ' b', { finish_reason: 'length' }), usage: usage(4, 2) },
      { ...text(1, ' z', { finish_reason: 'length' }), usage: usage(6, 3) },
      { id: 'cmpl-1', choices: [], usage: usage(10, 5) },
      '[DONE]',
    ),
    said: [
      'id cmpl-1',
      'content 1 " a"',
      'usage input=4 output=1',
      'prompt 1',
      'content 2 " x y"',
      'usage input=10 output=3',
      'prompt 0',
      'content 1 " b"',
      'finish length',
      'usage input=10 output=4',
      'prompt 1',
      'content 1 " z"',
      'finish length',
      'usage input=10 output=5',
      'usage input=10 output=5',
    ],
  },
  {
    server: 'vLLM completions, two prompts of two answers',
    kind: 'completions',
    stream: events(
      text(0, ' a'),
      text(3, ' d'),
      text(1, ' b'),
      text(2, ' c'),
      ...[3, 2, 1, 0].map((index) => text(index, '', { finish_reason: 'length' })),
      { id: 'cmpl-1', choices: [], usage: usage(10, 4) },
      '[DONE]',
    ),
    said: [
      'id cmpl-1',
      'content 1 " a"',
      'prompt 3',
      'content 1 " d"',
      'prompt 1',
      'content 1 " b"',
      'prompt 2',
      'content 1 " c"',
      'prompt 3',
      'finish length',
      'prompt 2',
      'finish length',
      'prompt 1',
      'finish length',
      'prompt 0',
      'finish length',
      'usage input=10 output=4',
    ],
  },
  {
    server: 'llama.cpp chat, usage asked for: the role frame has null content',
    kind: 'chat',
    stream: events(
      llama({ finish_reason: null, index: 0, delta: { role: 'assistant', content: null } }),
      llama({ finish_reason: null, index: 0, delta: { content: 'Hi' } }),
      llama({ finish_reason: null, index: 0, delta: { content: ' there' } }),
      llama({ finish_reason: 'stop', index: 0, delta: {} }),
      {
        choices: [],
        id: 'chatcmpl-x',
        usage: usage(9, 2, { prompt_tokens_details: { cached_tokens: 4 } }),
        ...timings(4, 5, 2),
      },
      '[DONE]',
    ),
    said: [
      'id chatcmpl-x',
      'content 1 "Hi"',
      'content 1 " there"',
      'finish stop',
      'usage input=9 output=2 cached=4',
    ],
  },
  {
    server: 'llama.cpp chat, progress asked for and no usage: timings count, frames of progress do not',
    kind: 'chat',
    stream: events(
      llama({ finish_reason: null, index: 0, delta: { role: 'assistant', content: null } }),
      llama(
        { finish_reason: null, index: 0, delta: { role: 'assistant', content: null } },
        { prompt_progress: { total: 9, cache: 4, processed: 9, time_ms: 5 } },
      ),
      llama({ finish_reason: null, index: 0, delta: { content: 'Hi' } }),
      ': ping',
      llama({ finish_reason: 'length', index: 0, delta: {} }, timings(4, 5, 2)),
      '[DONE]',
    ).replace('data: : ping', ': ping'),
    said: ['id chatcmpl-x', 'content 1 "Hi"', 'finish length', 'usage input=9 output=2 cached=4'],
  },
  {
    server: 'llama.cpp chat, timings in every frame: text held back counts when it comes',
    kind: 'chat',
    stream: events(
      llama({ finish_reason: null, index: 0, delta: { role: 'assistant', content: null } }, timings(0, 9, 1)),
      llama({ finish_reason: null, index: 0, delta: { content: 'a' } }, timings(0, 9, 1)),
      llama({ finish_reason: null, index: 0, delta: { content: '🙂' } }, timings(0, 9, 5)),
      llama({ finish_reason: 'length', index: 0, delta: {} }, timings(0, 9, 5)),
      '[DONE]',
    ),
    said: [
      'id chatcmpl-x',
      'usage input=9 output=1 cached=0',
      'content 1 "a"',
      'usage input=9 output=1 cached=0',
      'content 4 "🙂"',
      'usage input=9 output=5 cached=0',
      'finish length',
      'usage input=9 output=5 cached=0',
    ],
  },
  {
    server: 'llama.cpp completions, progress asked for: an empty text beside progress is no token',
    kind: 'completions',
    stream: events(
      llama({ text: '', index: 0, finish_reason: null }, { prompt_progress: { total: 9, processed: 4 } }),
      llama({ text: 'a', index: 0, finish_reason: null }),
      llama({ text: '', index: 0, finish_reason: 'length' }, { usage: usage(9, 1), ...timings(0, 9, 1) }),
      '[DONE]',
    ),
    said: ['id chatcmpl-x', 'content 1 "a"', 'finish length', 'usage input=9 output=1'],
  },
  {
    server: 'llama.cpp completions, two prompts: null first, each prompt with usage of its own, one end',
    kind: 'completions',
    stream: events(
      'null',
      llama({ text: ' a', index: 0, logprobs: null, finish_reason: null }),
      llama({ text: ' x', index: 1, logprobs: null, finish_reason: null }),
      llama({ text: ' b', index: 0, logprobs: null, finish_reason: null }),
      llama(
        { text: '', index: 0, logprobs: null, finish_reason: 'length' },
        { usage: usage(4, 2, { prompt_tokens_details: { cached_tokens: 3 } }), ...timings(3, 1, 2) },
      ),
      llama({ text: ' y', index: 1, logprobs: null, finish_reason: null }),
      llama({ text: ' z', index: 1, logprobs: null, finish_reason: null }),
      llama(
        { text: '', index: 1, logprobs: null, finish_reason: 'stop' },
        { usage: usage(6, 3, { prompt_tokens_details: { cached_tokens: 1 } }), ...timings(1, 5, 3) },
      ),
      '[DONE]',
    ),
    said: [
      'id chatcmpl-x',
      'content 1 " a"',
      'prompt 1',
      'content 1 " x"',
      'prompt 0',
      'content 1 " b"',
      'finish length',
      'usage input=4 output=2 cached=3',
      'prompt 1',
      'content 1 " y"',
      'content 1 " z"',
      'finish stop',
      'usage input=10 output=5 cached=4',
    ],
  },
  {
    server: 'llama.cpp chat, two answers to the one prompt: its tokens count once',
    kind: 'chat',
    stream: events(
      llama({ finish_reason: null, index: 0, delta: { content: 'a' } }),
      llama({ finish_reason: null, index: 1, delta: { content: 'b' } }),
      llama({ finish_reason: 'stop', index: 1, delta: {} }, timings(4, 5, 1)),
      llama({ finish_reason: 'stop', index: 0, delta: {} }, timings(4, 5, 1)),
      '[DONE]',
    ),
    said: [
      'id chatcmpl-x',
      'content 1 "a"',
      'prompt 1',
      'content 1 "b"',
      'finish stop',
      'usage input=9 output=1 cached=4',
      'prompt 0',
      'finish stop',
      'usage input=9 output=2 cached=4',
    ],
  },
  {
    server:
      'transformers serve chat: finish and usage in the last frame, no end marker, frames are not tokens',
    kind: 'chat',
    stream: events(delta({ role: 'assistant' }), delta({ content: 'ka' }), delta({ content: ' lo mi' }), {
      ...delta({}, 'length'),
      usage: usage(7, 8),
    }),
    said: [
      'id chatcmpl-1',
      'content 1 "ka"',
      'content 1 " lo mi"',
      'finish length',
      'usage input=7 output=8',
    ],
  },
  {
    server: 'transformers serve completions: an empty text beside the finish is no token',
    kind: 'completions',
    stream: events(text(0, 'ka'), {
      ...text(0, '', { finish_reason: 'stop' }),
      usage: usage(4, 5),
    }),
    said: ['id cmpl-1', 'content 1 "ka"', 'finish stop', 'usage input=4 output=5'],
  },
  {
    server: 'TGI chat: no space after the colon, a role in every frame, an empty id',
    kind: 'chat',
    stream: events(
      { ...delta({ role: 'assistant', content: 'Hi' }), id: '' },
      { ...delta({ role: 'assistant', content: ' you' }), id: '' },
      { ...delta({ role: 'assistant', content: '!' }, 'length'), id: '' },
      { id: '', choices: [], usage: usage(3, 3) },
      '[DONE]',
    ).replaceAll('data: ', 'data:'),
    said: [
      'id ',
      'content 1 "Hi"',
      'content 1 " you"',
      'content 1 "!"',
      'finish length',
      'usage input=3 output=3',
    ],
  },
  {
    server: 'TensorRT-LLM chat: a space after the first frame',
    kind: 'chat',
    stream: events(
      `${JSON.stringify(delta({ role: 'assistant' }))} `,
      delta({ content: 'Hi' }),
      delta({ content: ' you' }, 'length'),
      { choices: [], usage: usage(3, 2, { prompt_tokens_details: { cached_tokens: 0 } }) },
      '[DONE]',
    ),
    said: [
      'id chatcmpl-1',
      'content 1 "Hi"',
      'content 1 " you"',
      'finish length',
      'usage input=3 output=2 cached=0',
    ],
  },
  {
    server: 'SGLang chat: absent parts are null',
    kind: 'chat',
    stream: events(
      delta({ role: 'assistant', content: '', reasoning_content: null, tool_calls: null }),
      delta({ role: null, content: null, reasoning_content: 'hm', tool_calls: null }),
      delta({ role: null, content: 'Hi', reasoning_content: null, tool_calls: null }),
      delta({ role: null, content: null, reasoning_content: null, tool_calls: null }, 'length'),
      { id: 'chatcmpl-1', choices: [], usage: usage(3, 2) },
      '[DONE]',
    ),
    said: ['id chatcmpl-1', 'reasoning 1 "hm"', 'content 1 "Hi"', 'finish length', 'usage input=3 output=2'],
  },
  {
    server: 'TabbyAPI: usage comes with a choice that says nothing',
    kind: 'completions',
    stream: events(
      { choices: [{ index: 0, text: 'a', finish_reason: null }] },
      '{"choices":[{"index":0,"text":"","finish_reason":"length"}],"usage":{"prompt_tokens":3,"prompt_time":0.01,"completion_tokens":4,"completion_time":0.04,"total_tokens":7,"total_time":0.05}}',
      '[DONE]',
    ),
    said: ['content 1 "a"', 'finish length', 'usage input=3 output=4'],
  },
  {
    server: 'DeepSpeed-MII chat and llama-cpp-python: the role comes before anything is generated, no usage',
    kind: 'chat',
    stream: events(delta({ role: 'assistant' }), delta({ content: 'Hi' }), delta({}, 'length'), '[DONE]'),
    said: ['id chatcmpl-1', 'content 1 "Hi"', 'finish length'],
  },
  {
    server: 'OpenVINO Model Server: usage is null until the end, no ids',
    kind: 'chat',
    stream: events(
      {
        choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }],
        usage: null,
      },
      { choices: [{ index: 0, delta: { content: 'Hi you' }, finish_reason: null }], usage: null },
      { choices: [{ index: 0, delta: { content: '' }, finish_reason: 'length' }], usage: null },
      { choices: [], usage: usage(3, 2) },
      '[DONE]',
    ),
    said: ['content 1 "Hi you"', 'finish length', 'usage input=3 output=2'],
  },
  {
    server: 'Azure OpenAI: frames of the content filters are no tokens, text comes in blocks',
    kind: 'azure',
    stream: events(
      { choices: [], id: '', model: '', prompt_filter_results: [{ prompt_index: 0 }] },
      delta({ role: 'assistant', content: '', refusal: null }),
      delta({ content: 'Some twenty tokens at once' }),
      { choices: [{ index: 0, content_filter_offsets: { check_offset: 1 }, finish_reason: null }] },
      delta({ content: '' }),
      delta({}, 'stop'),
      { choices: [], usage: usage(9, 20, { completion_tokens_details: { reasoning_tokens: 0 } }) },
      '[DONE]',
    ),
    said: [
      'id ',
      'content 1 "Some twenty tokens at once"',
      'finish stop',
      'usage input=9 output=20 reasoning=0',
    ],
  },
  {
    server: 'Azure model inference: usage with the last choice',
    kind: 'azure',
    stream: events(
      { ...delta({ role: 'assistant', content: 'a b' }), usage: null },
      { ...delta({ content: '' }, 'stop'), usage: usage(3, 3) },
      '[DONE]',
    ),
    said: ['id chatcmpl-1', 'content 1 "a b"', 'finish stop', 'usage input=3 output=3'],
  },
]

describe('streams as the servers send them', () => {
  test.each(recorded)('$server', ({ kind, stream, said }) => {
    expect(readStream(readers[kind](), stream)).toEqual(said)
  })

  test.each(recorded)('$server: however it is cut', ({ kind, stream }) => {
    expect(cutsThatMatter(readers[kind], stream)).toEqual([])
  })
})
