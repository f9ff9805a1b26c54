import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tokenizerMetadata } from '../engines/embedded/bigram/tokenizer-metadata.ts'
import { makeVocabulary } from '../engines/embedded/bigram/vocabulary.ts'
import { type GgufModel, ggufChunks } from '../engines/embedded/gguf/gguf.ts'
import { loadTokenizer } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-gguf-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, metadata: GgufModel['metadata'] | Uint8Array): string {
  const path = join(folder, name)
  const bytes =
    metadata instanceof Uint8Array ? metadata : Buffer.concat([...ggufChunks({ metadata, tensors: [] })])
  writeFileSync(path, bytes)
  return path
}

const strings = (values: readonly string[]) => ({ type: 'strings', values }) as const
const text = (value: string) => ({ type: 'string', value }) as const

test('the embedded engine’s own model has a tokenizer that gives texts back and renders chats', async () => {
  const path = write('bigram.gguf', {
    'general.name': text('bigram'),
    ...tokenizerMetadata(makeVocabulary()),
  })
  const tokenizer = await loadTokenizer(path)
  const said = 'The quiet river crosses a valley, naïve 123.'
  expect(tokenizer.decode(tokenizer.encode(said))).toBe(said)
  expect(tokenizer.opening).toBeUndefined()
  expect(tokenizer.renderChat?.([{ role: 'user', content: 'Hi' }])).toBe('<|user|>Hi<|end|><|assistant|>')
  expect(tokenizer.special?.size).toBeGreaterThan(0)
})

test('SentencePiece merges go by their scores, and BOS opens a text', async () => {
  const tokens = ['<unk>', '<s>', '▁', 'a', 'b', 'ab', '▁a', '▁ab', '<0x21>']
  const path = write('spm.gguf', {
    'tokenizer.ggml.model': text('llama'),
    'tokenizer.ggml.tokens': strings(tokens),
    // Whole numbers stand for scores here; only their order counts.
    'tokenizer.ggml.scores': { type: 'i32s', values: [0, 0, -3, -4, -5, -1, -2, -6, 0] },
    'tokenizer.ggml.token_type': { type: 'i32s', values: [2, 3, 1, 1, 1, 1, 1, 1, 6] },
    'tokenizer.ggml.bos_token_id': { type: 'u32', value: 1 },
  })
  const tokenizer = await loadTokenizer(path)
  expect(tokenizer.encode('ab')).toEqual([7])
  expect(tokenizer.encode('a!')).toEqual([6, 8])
  expect(tokenizer.encode('b a')).toEqual([2, 4, 6])
  expect(tokenizer.decode([7, 6])).toBe('ab a')
  expect(tokenizer.opening).toEqual([1])
  expect(tokenizer.bos).toBe('<s>')
})

test.each<[what: string, metadata: GgufModel['metadata'] | Uint8Array, why: RegExp]>([
  ['no GGUF file', Buffer.from('hello'), /it is no GGUF file/],
  ['half a file', Buffer.from('GGUF\x03\0\0\0'), /it ends too soon/],
  ['a file without a vocabulary', { 'general.name': text('x') }, /it has no vocabulary/],
  [
    'an unknown way to cut words',
    {
      'tokenizer.ggml.model': text('gpt2'),
      'tokenizer.ggml.pre': text('default'),
      'tokenizer.ggml.tokens': strings(['a']),
      'tokenizer.ggml.merges': strings([]),
    },
    /its way to cut words \(default\) is not known/,
  ],
  [
    'another kind',
    { 'tokenizer.ggml.model': text('bert'), 'tokenizer.ggml.tokens': strings(['a']) },
    /of the kind bert, which is not read/,
  ],
])('%s is refused', async (what, metadata, why) => {
  const path = write(`${what.replaceAll(' ', '-')}.gguf`, metadata)
  await expect(loadTokenizer(path)).rejects.toMatchObject({
    code: 'tokenizer',
    message: expect.stringMatching(why),
  })
})
