// Streams marked "recorded" came from a llama.cpp server of October 2026 with a model of 270 M parameters; of their last
// events the settings, the prompt and most timings are left out. The others are simulated.
import { describe, expect, test } from 'vitest'
import { cutsThatMatter, events, readStream, readWhole } from '../../test/replies.ts'
import { LlamacppReader } from './llamacpp-stream.ts'

const reader = () => new LlamacppReader()

/** An event as the server sends it before the last. */
const piece = (
  index: number,
  content: string,
  ids: readonly number[],
  predicted: number,
  evaluated: number,
) => ({
  index,
  content,
  tokens: ids,
  stop: false,
  id_slot: -1,
  tokens_predicted: predicted,
  tokens_evaluated: evaluated,
})
/** The last event of an answer. */
const last = (index: number, predicted: number, evaluated: number, stopType: string, more: object = {}) => ({
  index,
  content: '',
  tokens: [],
  id_slot: 1,
  stop: true,
  model: 'gemma',
  tokens_predicted: predicted,
  tokens_evaluated: evaluated,
  has_new_line: false,
  truncated: false,
  stop_type: stopType,
  stopping_word: '',
  tokens_cached: predicted + evaluated - 1,
  timings: {
    cache_n: 0,
    prompt_n: evaluated,
    prompt_ms: 63.111,
    predicted_n: predicted,
    predicted_ms: 35.927,
  },
  ...more,
})

const recorded: readonly {
  readonly what: string
  readonly stream: string
  readonly said: readonly string[]
}[] = [
  {
    what: 'one prompt, ignore_eos',
    stream: events(
      piece(0, ' the', [506], 1, 6),
      piece(0, ' capital', [5279], 2, 6),
      piece(0, ' of', [529], 3, 6),
      piece(0, ' the', [506], 4, 6),
      last(0, 4, 6, 'limit'),
    ),
    said: [
      'content 1 " the"',
      'content 1 " capital"',
      'content 1 " of"',
      'content 1 " the"',
      'finish length',
      'usage input=6 output=4 cached=0',
    ],
  },
  {
    what: 'two prompts: the stream opens with null, and their events mix',
    stream: events(
      'null',
      piece(1, ' four', [2390], 1, 4),
      piece(1, ' five', [3493], 2, 4),
      piece(0, ' the', [506], 1, 6),
      piece(1, ' six', [3962], 3, 4),
      last(1, 3, 4, 'limit'),
      piece(0, ' capital', [5279], 2, 6),
      piece(0, ' of', [529], 3, 6),
      last(0, 3, 6, 'limit'),
    ),
    said: [
      'prompt 1',
      'content 1 " four"',
      'content 1 " five"',
      'prompt 0',
      'content 1 " the"',
      'prompt 1',
      'content 1 " six"',
      'finish length',
      'usage input=4 output=3 cached=0',
      'prompt 0',
      'content 1 " capital"',
      'content 1 " of"',
      'finish length',
      'usage input=10 output=6 cached=0',
    ],
  },
  {
    what: 'characters of four tokens: no event until they are whole, and none for the two tokens left over',
    stream: events(piece(0, '𓀃', [369], 4, 33), piece(0, '𓀃', [369], 8, 33), last(0, 10, 33, 'limit')),
    said: [
      'content 4 "𓀃"',
      'content 4 "𓀃"',
      'empty 2 ""',
      'finish length',
      'usage input=33 output=10 cached=0',
    ],
  },
  {
    what: 'text that may begin a stop word: its tokens come without it',
    stream: events(
      piece(0, ' the', [506], 1, 6),
      piece(0, '', [5279], 2, 6),
      piece(0, '', [529], 3, 6),
      piece(0, '', [506], 4, 6),
      piece(0, ' capital of the country', [2891], 5, 6),
      piece(0, ' of', [529], 6, 6),
      last(0, 6, 6, 'limit'),
    ),
    said: [
      'content 1 " the"',
      'empty 1 ""',
      'empty 1 ""',
      'empty 1 ""',
      'content 1 " capital of the country"',
      'content 1 " of"',
      'finish length',
      'usage input=6 output=6 cached=0',
    ],
  },
  {
    what: 'a stop word is a token without text',
    stream: events(
      piece(0, ' the', [506], 1, 6),
      piece(0, ' capital', [5279], 2, 6),
      piece(0, ' of', [529], 3, 6),
      piece(0, ' the', [506], 4, 6),
      piece(0, ' country', [2891], 5, 6),
      piece(0, ' of', [529], 6, 6),
      piece(0, ' France', [7001], 7, 6),
      { ...piece(0, '', [236761], 8, 6), timings: { cache_n: 0, prompt_n: 6, predicted_n: 8 } },
      last(0, 8, 6, 'word', { stopping_word: '.' }),
    ),
    said: [
      'content 1 " the"',
      'content 1 " capital"',
      'content 1 " of"',
      'content 1 " the"',
      'content 1 " country"',
      'content 1 " of"',
      'content 1 " France"',
      'empty 1 ""',
      'finish stop',
      'usage input=6 output=8 cached=0',
    ],
  },
  {
    what: 'the end of the text at once is a token, and the reply is not empty',
    stream: events(piece(0, '', [1], 1, 2), last(0, 1, 2, 'eos')),
    said: ['empty 1 ""', 'finish stop', 'usage input=2 output=1 cached=0'],
  },
  {
    what: 'return_progress: progress is no token, although its events hold one',
    stream: events(
      { ...piece(0, '', [0], 0, 6), prompt_progress: { total: 6, cache: 0, processed: 0, time_ms: 0 } },
      { ...piece(0, '', [0], 0, 6), prompt_progress: { total: 6, cache: 0, processed: 2, time_ms: 11 } },
      { ...piece(0, '', [0], 0, 6), prompt_progress: { total: 6, cache: 0, processed: 6, time_ms: 35 } },
      piece(0, ' the', [506], 1, 6),
      piece(0, ' capital', [5279], 2, 6),
      last(0, 2, 6, 'limit'),
    ),
    said: ['content 1 " the"', 'content 1 " capital"', 'finish length', 'usage input=6 output=2 cached=0'],
  },
  {
    what: 'n_probs: an event holds alternatives too',
    stream: events(
      {
        ...piece(0, ' the', [506], 1, 6),
        completion_probabilities: [
          {
            id: 506,
            token: ' the',
            bytes: [32, 116, 104, 101],
            logprob: -1.5936477184295654,
            top_logprobs: [
              { id: 506, token: ' the', bytes: [32, 116, 104, 101], logprob: -1.5936477184295654 },
              { id: 496, token: ' a', bytes: [32, 97], logprob: -2.2898948192596436 },
            ],
          },
        ],
      },
      last(0, 1, 6, 'limit'),
    ),
    said: ['content 1 " the"', 'finish length', 'usage input=6 output=1 cached=0'],
  },
  {
    what: 'timings_per_token: timings in every event',
    stream: events(
      {
        ...piece(0, ' the', [506], 1, 6),
        timings: { cache_n: 0, prompt_n: 6, prompt_ms: 32.577, predicted_n: 1, predicted_ms: 0.001 },
      },
      {
        ...piece(0, ' capital', [5279], 2, 6),
        timings: { cache_n: 0, prompt_n: 6, prompt_ms: 32.577, predicted_n: 2, predicted_ms: 12.159 },
      },
      last(0, 2, 6, 'limit'),
    ),
    said: ['content 1 " the"', 'content 1 " capital"', 'finish length', 'usage input=6 output=2 cached=0'],
  },
]

describe('recorded', () => {
  test.each(recorded)('$what', ({ stream, said }) => {
    expect(readStream(reader(), stream)).toEqual(said)
    expect(cutsThatMatter(reader, stream)).toEqual([])
  })

  test('whole answers: one object, or a list of several', () => {
    const whole = (index: number, content: string, predicted: number, evaluated: number) =>
      last(index, predicted, evaluated, 'limit', { content })
    expect(readWhole(reader(), JSON.stringify(whole(0, ' the capital of the', 4, 6)))).toEqual([
      'content 4 " the capital of the"',
      'finish length',
      'usage input=6 output=4 cached=0',
    ])
    const both = [whole(0, ' the capital of', 3, 6), whole(1, ' four five six', 3, 4)]
    expect(readWhole(reader(), JSON.stringify(both))).toEqual([
      'content 3 " the capital of"',
      'finish length',
      'usage input=6 output=3 cached=0',
      'prompt 1',
      'content 3 " four five six"',
      'finish length',
      'usage input=10 output=6 cached=0',
    ])
  })
})

describe('simulated', () => {
  test('cached tokens are part of the input', () => {
    const sent = events(
      piece(0, ' a', [5], 1, 31),
      last(0, 1, 31, 'limit', { timings: { cache_n: 26, prompt_n: 5, predicted_n: 1 } }),
    )
    expect(readStream(reader(), sent).at(-1)).toBe('usage input=31 output=1 cached=26')
  })

  test('builds of January 2024: no counts before the end, three flags for the reason', () => {
    const old = (content: string, more: object = {}) => ({
      content,
      multimodal: false,
      slot_id: 0,
      stop: false,
      ...more,
    })
    const end = { stop: true, stopped_eos: false, stopped_word: false, stopped_limit: true }
    const sent = events(
      old(' a'),
      old(''),
      old(' b'),
      old('', { ...end, tokens_predicted: 3, tokens_evaluated: 2, timings: { predicted_n: 3, prompt_n: 2 } }),
    )
    expect(readStream(reader(), sent)).toEqual([
      'content 1 " a"',
      'empty 1 ""',
      'content 1 " b"',
      'finish length',
      'usage input=2 output=3',
    ])
  })

  test('pings are no events', () => {
    const sent = `${events(piece(0, ' a', [], 1, 3))}:\n\n${events(last(0, 1, 3, 'limit'))}`
    expect(readStream(reader(), sent)[0]).toBe('content 1 " a"')
  })

  test('an error inside a stream that began with 200', () => {
    const sent = events(piece(0, ' a', [5], 1, 3), {
      error: { code: 500, message: 'no slot', type: 'server_error' },
    })
    expect(readStream(reader(), sent)).toEqual(['content 1 " a"', 'fail stream-error: no slot'])
  })

  test.each([
    [
      'one of two answers has no end',
      events('null', piece(1, ' a', [5], 1, 3), piece(0, ' b', [6], 1, 3), last(1, 1, 3, 'limit')),
      'fail truncated: The reply ended without an event that says stop: true.',
    ],
    ['nothing at all', '', 'fail truncated: The reply ended without an event that says stop: true.'],
    ['an end without a token', events(last(0, 0, 3, 'eos')), 'fail empty: The reply holds no token.'],
    ['a text', events('"x"'), 'fail malformed: The server sent JSON that is no event: "x"'],
    [
      'an absurd index',
      events({ ...piece(0, ' a', [5], 1, 3), index: 1e9 }),
      'fail malformed: The server sent an event with the index 1000000000.',
    ],
  ])('%s', (_, sent, said) => {
    expect(readStream(reader(), sent).at(-1)).toBe(said)
  })
})
