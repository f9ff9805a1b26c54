import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ggufBytes, ggufChunks } from '../gguf/gguf.ts'
import { words } from './grammar.ts'
import { bigramModel, bigramSha256 } from './model.ts'
import { makeTransitions } from './transitions.ts'
import { makeVocabulary } from './vocabulary.ts'

test('the generated model is the same file on every machine', () => {
  const hash = createHash('sha256')
  const model = bigramModel()
  for (const chunk of ggufChunks(model)) hash.update(chunk)
  expect(hash.digest('hex')).toBe(bigramSha256)
  expect(ggufBytes(model)).toBe(14_589_376)
})

test('every row of the embedding has the same norm, so that RMSNorm scales all alike', () => {
  const embedding = bigramModel().tensors[0]
  const [bytes] = [...(embedding?.data() ?? [])]
  const rows = new Float32Array(bytes?.buffer ?? new ArrayBuffer(0))
  const dim = embedding?.dims[0] ?? 0
  const norms = Array.from({ length: rows.length / dim }, (_, row) =>
    Math.hypot(...rows.subarray(row * dim, (row + 1) * dim)),
  )
  expect(norms.length).toBe(makeVocabulary().tokens.length)
  expect(Math.max(...norms) / Math.min(...norms)).toBeCloseTo(1, 6)
})

test('what follows a token has probability 1 in all, and everything that is said can go on', () => {
  const { tokens } = makeVocabulary()
  const transitions = makeTransitions(tokens)
  tokens.forEach(({ piece }, id) => {
    const next = transitions.next(id)
    expect(
      next.reduce((sum, [, p]) => sum + p, 0),
      piece,
    ).toBeCloseTo(1, 9)
    for (const [following] of next) expect(tokens[following]?.part, piece).toBeDefined()
  })
})

test('"a" comes before consonants and "an" before vowels only', () => {
  const { tokens } = makeVocabulary()
  const transitions = makeTransitions(tokens)
  const after = (piece: string) =>
    transitions
      .next(tokens.findIndex((token) => token.piece === piece))
      .map(([id]) => tokens[id]?.piece[1] ?? '')
  expect(after('Ġa').every((letter) => !'aeiou'.includes(letter))).toBe(true)
  expect(after('Ġan').every((letter) => 'aeiou'.includes(letter))).toBe(true)
})

test('a text begins without a space, and a sentence inside it with one', () => {
  const { tokens } = makeVocabulary()
  const transitions = makeTransitions(tokens)
  const firsts = (piece: string) =>
    transitions
      .next(tokens.findIndex((token) => token.piece === piece))
      .map(([id]) => tokens[id]?.piece ?? '')
      .filter((next) => /[A-Z]/.test(next))
  expect(firsts('<|assistant|>').every((piece) => !piece.startsWith('Ġ'))).toBe(true)
  expect(firsts('ĊĊ').every((piece) => !piece.startsWith('Ġ'))).toBe(true)
  expect(firsts('.').every((piece) => piece.startsWith('Ġ'))).toBe(true)
})

test('every word has one part, and every piece is in the vocabulary once', () => {
  const texts = words.map((word) => word.text)
  expect(texts.filter((text, i) => texts.indexOf(text) !== i)).toEqual([])
  const { tokens, merges } = makeVocabulary()
  const pieces = new Set(tokens.map((token) => token.piece))
  expect(pieces.size).toBe(tokens.length)
  for (const merge of merges) {
    const [left = '', right = ''] = merge.split(' ')
    expect(
      [left, right, left + right].every((piece) => pieces.has(piece)),
      merge,
    ).toBe(true)
  }
})
