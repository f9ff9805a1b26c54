import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadTokenizer } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-tokenizer-'))

beforeAll(() => {
  const vocabulary = { '[UNK]': 0, red: 1, green: 2, blue: 3 }
  writeFileSync(
    join(folder, 'tokenizer.json'),
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
      model: { type: 'WordLevel', vocab: vocabulary, unk_token: '[UNK]' },
    }),
  )
  writeFileSync(join(folder, 'broken.json'), '{')
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['a folder', folder],
  ['a file', join(folder, 'tokenizer.json')],
])('reads %s', async (_, path) => {
  const tokenizer = await loadTokenizer(path)
  expect(tokenizer.encode('green red')).toEqual([2, 1])
  expect(tokenizer.decode([3, 1])).toBe('blue red')
})

test.each([
  ['nothing', 'nowhere', /there is no such file/],
  ['no JSON', 'broken.json', /it is not JSON/],
])('%s is refused with the path', async (_, name, sentence) => {
  await expect(loadTokenizer(join(folder, name))).rejects.toThrow(sentence)
})
