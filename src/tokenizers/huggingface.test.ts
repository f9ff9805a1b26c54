import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTokenizer } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-tokenizer-'))
const write = (name: string, content: unknown) => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
afterAll(() => rmSync(folder, { recursive: true }))

const head = { version: '1.0', added_tokens: [], normalizer: null, post_processor: null }

/** Knows three words. */
const colours = {
  ...head,
  pre_tokenizer: { type: 'Whitespace' },
  decoder: null,
  model: { type: 'WordLevel', vocab: { '[UNK]': 0, red: 1, green: 2, blue: 3 }, unk_token: '[UNK]' },
}

/** Every byte, as byte-level BPE writes it, and two merges; puts <s> before a text. */
function byteLevel() {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  let others = 0
  const letters = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : 256 + others++),
  )
  const vocab = Object.fromEntries([...letters, 'th', 'the', '<s>'].map((token, id) => [token, id]))
  return {
    ...head,
    added_tokens: [
      {
        id: 258,
        content: '<s>',
        special: true,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
      },
    ],
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [258], tokens: ['<s>'] } },
    },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: ['t h', 'th e'] },
  }
}

describe('a tokenizer of words', () => {
  beforeAll(() => {
    write('colours/tokenizer.json', colours)
    write('colours/tokenizer_config.json', { clean_up_tokenization_spaces: true })
  })

  test.each([
    ['its folder', 'colours'],
    ['its file', 'colours/tokenizer.json'],
  ])('is read from %s', async (_, name) => {
    const tokenizer = await loadTokenizer(join(folder, name))
    expect(tokenizer.name).toBe(join(folder, name))
    expect(tokenizer.encode('green red mauve')).toEqual([2, 1, 0])
    expect(tokenizer.decode([3, 1])).toBe('blue red')
  })

  test('is read from a file of another name, without a configuration', async () => {
    const tokenizer = await loadTokenizer(write('alone/colours.json', colours))
    expect(tokenizer.encode('red mauve blue')).toEqual([1, 0, 3])
  })

  test('without a token for the unknown gives no id for it', async () => {
    const model = { type: 'WordLevel', vocab: { red: 1 } }
    const tokenizer = await loadTokenizer(write('alone/red.json', { ...colours, model }))
    expect(tokenizer.encode('red mauve')).toEqual([1])
  })
})

describe('a byte-level tokenizer', () => {
  const tokenizer = async () => loadTokenizer(write('bytes/tokenizer.json', byteLevel()))

  test('merges, and adds no special token', async () => {
    expect((await tokenizer()).encode('the th')).toEqual([257, 32, 256])
  })

  test.each([
    [''],
    ["a , b . c ? n't"],
    ['  two\n\nlines\t'],
    ['Hé 🎉 日本'],
    ['<s>'],
  ])('gives %j back as it was', async (text) => {
    const { encode, decode } = await tokenizer()
    expect(decode(encode(text))).toBe(text)
  })
})

describe('is refused with the path and the reason:', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'empty'))
    write('configured/tokenizer.json', colours)
    write('configured/tokenizer_config.json', '{')
  })

  test.each([
    ['a path of nothing', () => 'nowhere', 'nowhere: there is no such file.'],
    ['an empty folder', () => 'empty', 'tokenizer.json: there is no such file.'],
    ['a file below a file', () => 'configured/tokenizer.json/x', 'it cannot be read (ENOTDIR'],
    ['broken JSON', () => write('a.json', '{'), 'a.json: it is not JSON ('],
    ['a list', () => write('b.json', []), 'b.json: it is no JSON object.'],
    ['null', () => write('c.json', null), 'c.json: it is no JSON object.'],
    [
      'other JSON',
      () => write('d.json', { name: 'x' }),
      'd.json: it has no "model", so it is not a tokenizer.json.',
    ],
    [
      'a model without words',
      () => write('e.json', { ...colours, model: { type: 'BPE' } }),
      'its model has no "vocab".',
    ],
    [
      'a model of an unknown type',
      () => write('f.json', { ...colours, pre_tokenizer: { type: 'Guess' } }),
      'f.json: it cannot be used (Unknown PreTokenizer type: Guess).',
    ],
    ['a broken configuration', () => 'configured', 'tokenizer_config.json: it is not JSON ('],
  ])('%s', async (_, make, sentence) => {
    const made = make()
    const path = made.startsWith(folder) ? made : join(folder, made)
    const error = await loadTokenizer(path).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'tokenizer',
      exitCode: 2,
      message: expect.stringContaining(sentence),
    })
  })
})
