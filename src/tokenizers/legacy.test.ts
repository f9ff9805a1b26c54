import { expect, test } from 'vitest'
import { huggingFaceOf } from './huggingface.ts'
import { inLegacyMode } from './legacy.ts'

const spaced = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
const json = {
  version: '1.0',
  added_tokens: [
    {
      id: 1,
      content: '</s>',
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    },
  ],
  post_processor: null,
  normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, spaced] },
  pre_tokenizer: null,
  decoder: null,
  model: {
    type: 'BPE',
    vocab: { '<unk>': 0, '</s>': 1, '▁': 2, a: 3, b: 4, '▁a': 5, '▁b': 6 },
    merges: [
      ['▁', 'a'],
      ['▁', 'b'],
    ],
    unk_token: '<unk>',
  },
}

test('in legacy mode a space goes after every special token too, otherwise before the text alone', () => {
  const encode = (legacy: boolean) => huggingFaceOf('x', inLegacyMode(json, legacy), {}).encode('a</s>b a')
  expect(encode(true)).toEqual([5, 1, 6, 5])
  expect(encode(false)).toEqual([5, 1, 4, 5])
})

test('a vocabulary without such spaces stays as it is', () => {
  const bytes = { normalizer: null, pre_tokenizer: { type: 'ByteLevel' } }
  expect(inLegacyMode(bytes, true)).toBe(bytes)
})
