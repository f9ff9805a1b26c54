import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'
import { describe, expect, test } from 'vitest'
import { makeRng } from '../random/rng.ts'
import { englishWords } from '../workloads/english.ts'
import { huggingFaceOf } from './huggingface.ts'

const prose = () => {
  const next = englishWords(makeRng(2))
  return Array.from({ length: 3000 }, next).join(' ')
}

/** A vocabulary trained on a text, as byte-pair encoding is: the commonest pair becomes a token, again and again. */
function train(letters: readonly string[], words: readonly string[], size: number) {
  const vocab = [...letters]
  const merges: [string, string][] = []
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  let spelled = [...counts].map(([word, count]) => ({ symbols: Array.from(word), count }))
  for (let n = 0; n < size; n++) {
    const pairs = new Map<string, number>()
    for (const { symbols, count } of spelled) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair = `${symbols[i]} ${symbols[i + 1]}`
        pairs.set(pair, (pairs.get(pair) ?? 0) + count)
      }
    }
    const [best] = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    if (best === undefined) break
    const [left = '', right = ''] = best[0].split(' ')
    merges.push([left, right])
    vocab.push(left + right)
    spelled = spelled.map(({ symbols, count }) => {
      const joined: string[] = []
      for (const symbol of symbols) {
        if (joined.at(-1) === left && symbol === right) joined[joined.length - 1] = left + right
        else joined.push(symbol)
      }
      return { symbols: joined, count }
    })
  }
  return { vocab: Object.fromEntries(vocab.map((token, id) => [token, id])), merges }
}

const common = { version: '1.0', added_tokens: [], post_processor: null }

function bytePairs() {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  let others = 0
  const letters = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : 256 + others++),
  )
  const words = (prose().match(/ ?\w+|[^\w\s]/g) ?? []).map((word) => word.replace(' ', 'Ġ'))
  const level = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  return {
    ...common,
    normalizer: null,
    pre_tokenizer: level,
    decoder: level,
    model: { type: 'BPE', ...train(letters, words, 300) },
  }
}

function sentencePieces() {
  const words = prose()
    .split(' ')
    .map((word) => `▁${word}`)
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  )
  const letters = ['<unk>', ...bytes, ...new Set(words.join(''))]
  const trained = train(letters, words, 300)
  // Runs of spaces are tokens too, as in Llama's vocabulary.
  trained.merges.push(['▁', '▁'])
  trained.vocab['▁▁'] = Object.keys(trained.vocab).length
  const decoders = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    { type: 'Strip', content: ' ', start: 1, stop: 0 },
  ]
  return {
    ...common,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders },
    model: { type: 'BPE', ...trained, unk_token: '<unk>', byte_fallback: true, fuse_unk: true },
  }
}

describe.each([
  ['byte-level', bytePairs],
  ['SentencePiece', sentencePieces],
])('a %s vocabulary', (_, make) => {
  const json = make()
  const ours = huggingFaceOf('trained', structuredClone(json), {})
  const library = new HuggingFace(structuredClone(json), { unk_token: '<unk>' })
  const theirs = (text: string) => library.encode(text, { add_special_tokens: false }).ids

  test('encodes as the library does', () => {
    const rng = makeRng(8)
    const text = prose()
    const texts = [
      ...Array.from({ length: 30 }, () => text.slice(rng.int(0, 5000)).slice(0, 400)),
      '  two  spaces   three\n\n\ttabs ',
      'naïve 日本語 🎉🎉 1234567 x=0.5;',
      ' ▁ ▁▁a▁b',
      'a'.repeat(500),
      Array.from({ length: 2000 }, () => String.fromCodePoint(rng.int(97, 122))).join(''),
      '',
    ]
    for (const one of texts) expect(ours.encode(one)).toEqual(theirs(one))
    // Remembered words give what they gave.
    for (const one of texts) expect(ours.encode(one)).toEqual(theirs(one))
  })

  test('gives a text back', () => {
    const text = prose().slice(0, 500)
    expect(ours.decode(ours.encode(text))).toBe(text)
  })
})
