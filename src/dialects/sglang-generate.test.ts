// Streams as SGLang writes them at /generate, simulated.
import { describe, expect, test } from 'vitest'
import { cutsThatMatter, events, readStream, readWhole } from '../../test/replies.ts'
import { makeSglangGenerate } from './sglang-generate.ts'

type Finish = { readonly type: string } | null

const piece = (
  text: string,
  ids: readonly number[] | undefined,
  completion_tokens: number,
  finish_reason: Finish = null,
  index?: number,
) => ({
  text,
  ...(ids === undefined ? {} : { output_ids: ids }),
  meta_info: { id: 'x', finish_reason, prompt_tokens: 4, completion_tokens, cached_tokens: 1 },
  ...(index === undefined ? {} : { index }),
})
const length = { type: 'length', length: 3 }
const said = ['id x', 'content 1 "a"', 'content 2 " b c"', 'finish length', 'usage input=4 output=3 cached=1']

describe('SGLang', () => {
  const sglang = makeSglangGenerate({})
  const heard = (...pieces: (string | object)[]) => {
    const stream = events(...pieces)
    expect(cutsThatMatter(() => sglang.makeReader(), stream)).toEqual([])
    return readStream(sglang.makeReader(), stream)
  }

  test('all so far in each event: what is new is told, and how many tokens it is', () => {
    expect(heard(piece('a', [5], 1), piece('a b c', [5, 6, 7], 3, length), '[DONE]')).toEqual(said)
    expect(heard(piece('a', undefined, 1), piece('a b c', undefined, 3, length), '[DONE]')).toEqual(said)
  })

  test('a server that sends what is new is known by its ids', () => {
    expect(heard(piece('a', [5], 1), piece(' b c', [6, 7], 3, length), '[DONE]')).toEqual(said)
    const delta = makeSglangGenerate({ text: 'delta' })
    const stream = events(piece('a', undefined, 1), piece(' b c', undefined, 3, length), '[DONE]')
    expect(readStream(delta.makeReader(), stream)).toEqual(said)
  })

  test('a server that sends all so far is known by its ids, whatever the option says', () => {
    const delta = makeSglangGenerate({ text: 'delta' })
    const stream = events(
      piece('', [], 0),
      piece('a', [5], 1),
      piece('a b c', [5, 6, 7], 3, length),
      '[DONE]',
    )
    expect(readStream(delta.makeReader(), stream)).toEqual(said)
  })

  test('new parts without ids are not taken for all so far: the option that reads them is named', () => {
    expect(heard(piece('The', undefined, 1), piece(' the', undefined, 2), '[DONE]')).toEqual([
      'id x',
      'content 1 "The"',
      expect.stringMatching(/^fail malformed: .*does not continue.*"the".*text: delta/),
    ])
    expect(heard(piece('a b', [5], 1), piece('a c', [5, 6], 2), '[DONE]').at(-1)).toBe(
      'fail malformed: The server sent a text that does not continue the one before it: "a c".',
    )
  })

  test('a stop string that is cut off at the end takes nothing back', () => {
    expect(
      heard(
        piece('a', [5], 1),
        piece('a\nUs', [5, 6], 2),
        piece('a\n', [5, 6, 7], 3, { type: 'stop' }),
        '[DONE]',
      ),
    ).toEqual([
      'id x',
      'content 1 "a"',
      'content 1 "\\nUs"',
      'empty 1 ""',
      'finish stop',
      'usage input=4 output=3 cached=1',
    ])
  })

  test('an index of null is that of the only prompt', () => {
    expect(heard({ ...piece('a', [5], 1, length), index: null }, '[DONE]').slice(1, 3)).toEqual([
      'content 1 "a"',
      'finish length',
    ])
  })

  test('a token without text counts, a repeated end does not', () => {
    expect(
      heard(piece('', [5], 1), piece('é', [5, 6], 2), piece('é', [5, 6], 2, { type: 'stop' }), '[DONE]'),
    ).toEqual(['id x', 'empty 1 ""', 'content 1 "é"', 'finish stop', 'usage input=4 output=2 cached=1'])
  })

  test('several prompts are kept apart, streamed or whole', () => {
    expect(
      heard(
        piece('a', [5], 1, null, 1),
        piece('x', [8], 1, length, 0),
        piece('a b', [5, 6], 2, length, 1),
        '[DONE]',
      ),
    ).toEqual([
      'id x',
      'prompt 1',
      'content 1 "a"',
      'prompt 0',
      'content 1 "x"',
      'finish length',
      'usage input=4 output=1 cached=1',
      'prompt 1',
      'content 1 " b"',
      'finish length',
      'usage input=8 output=3 cached=2',
    ])
    const whole = JSON.stringify([piece('x', [8], 1, length), piece('a b', [5, 6], 2, length)])
    expect(readWhole(sglang.makeReader(), whole).filter((line) => !line.startsWith('usage'))).toEqual([
      'id x',
      'content 1 "x"',
      'finish length',
      'prompt 1',
      'content 2 "a b"',
      'finish length',
    ])
  })

  test('cut short, empty, aborted, failed', () => {
    expect(heard(piece('a', [5], 1)).at(-1)).toMatch(/^fail truncated/)
    expect(heard(piece('', [], 0, { type: 'stop' }), '[DONE]').at(-1)).toMatch(/^fail empty/)
    expect(heard(piece('a', [5], 1, { type: 'abort' })).at(-1)).toMatch(/^fail stream-error.*abort/)
    const error = { error: { message: 'out of memory', type: 'x', code: 500, retryable: false } }
    expect(heard(piece('a', [5], 1), error, '[DONE]').at(-1)).toBe('fail stream-error: out of memory')
    expect(heard({ ...piece('a', [5], 1), index: -1 }).at(-1)).toMatch(/^fail malformed.*-1/)
  })

  test('requests', () => {
    const encode = (input: Parameters<typeof sglang.encode>[0]['input']) =>
      JSON.parse(
        sglang.encode(
          { id: 0, input, output: { tokens: 3, mode: 'exact' }, sampling: { temperature: 0, seed: 1 } },
          'm',
          {},
        ),
      ) as unknown
    expect(encode({ kind: 'prompt', text: 'Hi' })).toEqual({
      text: 'Hi',
      stream: true,
      sampling_params: { max_new_tokens: 3, ignore_eos: true, temperature: 0, sampling_seed: 1 },
    })
    expect(encode({ kind: 'batch', prompts: [[1], [2]] })).toMatchObject({ input_ids: [[1], [2]] })
    expect(() => encode({ kind: 'batch', prompts: [[1], 'a'] })).toThrow(/cannot mix texts and token ids/)
  })
})
