// Streams as LMDeploy writes them at /generate, simulated.
import { expect, test } from 'vitest'
import { cutsThatMatter, events, readStream, readWhole } from '../../test/replies.ts'
import type { Request } from '../model/request.ts'
import { makeLmdeployGenerate } from './lmdeploy-generate.ts'

const dialect = makeLmdeployGenerate({})

const piece = (text: string, output_ids: readonly number[], completion_tokens: number, type?: string) => ({
  text,
  output_ids,
  meta_info: {
    prompt_tokens: 4,
    completion_tokens,
    finish_reason: type === undefined ? null : { type },
    output_token_logprobs: null,
  },
})

function heard(...pieces: readonly (string | object)[]): string[] {
  const stream = events(...pieces)
  expect(cutsThatMatter(() => dialect.makeReader(), stream)).toEqual([])
  return readStream(dialect.makeReader(), stream)
}

test('each event holds what is new, and weighs as many tokens as it has ids', () => {
  expect(heard(piece('a', [5], 1), piece(' b c', [6, 7], 3), piece('', [], 3, 'length'), '[DONE]')).toEqual([
    'content 1 "a"',
    'content 2 " b c"',
    'finish length',
    'usage input=4 output=3',
  ])
})

test('words that repeat are said each time', () => {
  expect(heard(piece('\n', [5], 1), piece('\n', [5], 2), piece('\n', [5], 3, 'length'), '[DONE]')).toEqual([
    'content 1 "\\n"',
    'content 1 "\\n"',
    'content 1 "\\n"',
    'finish length',
    'usage input=4 output=3',
  ])
})

test('half a character is a token without text, and text may come behind its tokens', () => {
  expect(heard(piece('', [5], 1), piece('é', [6], 2), piece('!', [], 2, 'stop'), '[DONE]')).toEqual([
    'empty 1 ""',
    'content 1 "é"',
    'content 0 "!"',
    'finish stop',
    'usage input=4 output=2',
  ])
})

test('an answer in one piece', () => {
  expect(readWhole(dialect.makeReader(), JSON.stringify(piece('a b', [5, 6], 2, 'length')))).toEqual([
    'content 2 "a b"',
    'finish length',
    'usage input=4 output=2',
  ])
  expect(makeLmdeployGenerate({ reply: 'whole' }).capabilities).toMatchObject({
    streaming: false,
    usage: 'always',
  })
})

test('cut short, empty, failed, something else', () => {
  expect(heard(piece('a', [5], 1))).toEqual(['content 1 "a"', expect.stringMatching(/^fail truncated/)])
  expect(heard(piece('', [], 0, 'stop'), '[DONE]').at(-1)).toMatch(/^fail empty/)
  expect(heard(piece('a', [5], 1, 'error')).at(-1)).toMatch(/^fail stream-error.*"error"/)
  const error = { error: { message: 'session_id 3 is occupied', type: 'x', code: 500 } }
  expect(heard(piece('a', [5], 1), error, '[DONE]').at(-1)).toBe(
    'fail stream-error: session_id 3 is occupied',
  )
  expect(heard('[3]')).toEqual([expect.stringMatching(/^fail malformed.*no event/)])
  expect(dialect.errorMessage('{"message":"too long","type":"x","code":400,"object":"error"}')).toBe(
    'too long',
  )
})

test('requests are flat; several prompts are refused, as they would be answered one after another', () => {
  const encode = (input: Request['input'], output: Request['output'], sampling: Request['sampling']) =>
    JSON.parse(dialect.encode({ id: 0, input, output, sampling }, 'm', { session_id: 7 })) as unknown
  expect(
    encode(
      { kind: 'tokens', ids: [1, 2] },
      { tokens: 3, mode: 'exact' },
      { topK: 1, repetitionPenalty: 1.1, skipSpecialTokens: false },
    ),
  ).toEqual({
    input_ids: [1, 2],
    max_tokens: 3,
    ignore_eos: true,
    top_k: 1,
    repetition_penalty: 1.1,
    skip_special_tokens: false,
    stream: true,
    session_id: 7,
  })
  expect(encode({ kind: 'prompt', text: 'Hi' }, { tokens: 3, mode: 'up-to' }, {})).toEqual({
    prompt: 'Hi',
    max_tokens: 3,
    stream: true,
    session_id: 7,
  })
  const batch = { kind: 'batch', prompts: ['a', 'b'] } as const
  expect(() => encode(batch, { tokens: 3, mode: 'exact' }, {})).toThrow(/cannot send several prompts/)
  expect(() => encode({ kind: 'prompt', text: 'Hi' }, { tokens: 3, mode: 'exact' }, { seed: 1 })).toThrow(
    /no field for seed/,
  )
})
