import { describe, expect, test } from 'vitest'
import type { LengthDistribution } from '../model/length.ts'
import type { FrozenWorkload } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import { makeRng } from '../random/rng.ts'
import { englishWords, titleWords } from './english.ts'
import { readRequest } from './frozen.ts'
import { freezeWorkload } from './index.ts'
import { openingOf } from './opening.ts'

const fixed = (tokens: number): LengthDistribution => ({ kind: 'fixed', tokens })
const synthetic = (prompt: LengthDistribution): WorkloadSpec => ({
  name: 'w',
  source: { kind: 'synthetic', prompt, output: fixed(8) },
  outputMode: 'exact',
  sampling: {},
})
const freeze = (prompt: LengthDistribution, count: number, tokenizer?: Tokenizer) =>
  freezeWorkload(synthetic(prompt), { seed: 3, count, ...(tokenizer === undefined ? {} : { tokenizer }) })

function texts(frozen: FrozenWorkload): string[] {
  return Array.from({ length: frozen.count }, (_, i) => {
    const { input } = readRequest(frozen, i)
    return input.kind === 'prompt' ? input.text : ''
  })
}

/** One token a byte. */
const bytes: Tokenizer = {
  name: 'bytes',
  encode: (text) => [...Buffer.from(text)],
  decode: (ids) => Buffer.from(ids).toString('utf8'),
}
/** A token is up to four characters of a word with the space before it, as in byte-pair vocabularies. */
function pieces(): Tokenizer {
  const known: string[] = []
  const idOf = new Map<string, number>()
  return {
    name: 'pieces',
    encode: (text) =>
      (text.match(/ ?[^ ]{1,4}| /g) ?? []).map((piece) => {
        const id = idOf.get(piece) ?? known.push(piece) - 1
        idOf.set(piece, id)
        return id
      }),
    decode: (ids) => ids.map((id) => known[id]).join(''),
  }
}
/** Adds a token in front of any text, counts pairs of letters, and loses capitals: neither additive nor reversible. */
const odd: Tokenizer = {
  name: 'odd',
  encode: (text) => [0, ...[...Buffer.from(text.toLowerCase().replace(/(.)./g, '$1'))]],
  decode: (ids) => Buffer.from(ids.slice(1).flatMap((id) => [id, 0x2e])).toString(),
}

describe('with a tokenizer', () => {
  test.each(
    [bytes, pieces(), odd].map((tokenizer) => [tokenizer.name, tokenizer] as const),
  )('every prompt has exactly the asked length under %s', async (_, tokenizer) => {
    const frozen = await freeze({ kind: 'uniform', min: 12, max: 400 }, 80, tokenizer)
    expect(frozen.notices).toEqual([])
    for (const [i, text] of texts(frozen).entries()) {
      const { inputTokens } = readRequest(frozen, i)
      expect(inputTokens).toEqual({ value: tokenizer.encode(text).length, source: 'tokenizer' })
      expect(inputTokens?.value).toBeGreaterThanOrEqual(12)
    }
    expect(
      texts(await freeze(fixed(300), 3, tokenizer)).map((text) => tokenizer.encode(text).length),
    ).toEqual([300, 300, 300])
  })

  test('even one token is met', async () => {
    const frozen = await freeze(fixed(1), 3, bytes)
    expect(texts(frozen).map((text) => text.length)).toEqual([1, 1, 1])
  })

  test('the whole text is encoded once in the rule, not again and again', async () => {
    const tokenizer = pieces()
    let long = 0
    const counted: Tokenizer = {
      ...tokenizer,
      encode: (text) => {
        if (text.length > 100) long++
        return tokenizer.encode(text)
      },
    }
    await freeze(fixed(200), 40, counted)
    expect(long).toBe(40)
  })

  test('lengths that cannot be met are counted in a notice, and stated as they are', async () => {
    const pairs: Tokenizer = {
      name: 'pairs',
      encode: (text) => Array.from({ length: 2 * Math.ceil(text.length / 4) }, () => 1),
      decode: (ids) => 'abcd'.repeat(ids.length / 2),
    }
    const frozen = await freeze(fixed(101), 20, pairs)
    expect(frozen.notices).toContain('20 of 20 prompts do not have the asked length under pairs.')
    for (const [i, text] of texts(frozen).entries()) {
      const length = pairs.encode(text).length
      expect(Math.abs(length - 101)).toBe(1)
      expect(readRequest(frozen, i).inputTokens).toEqual({ value: length, source: 'tokenizer' })
    }
  })
})

describe('without a tokenizer', () => {
  test('lengths are approximate, by a stated rule, and said to be', async () => {
    const frozen = await freeze(fixed(130), 2)
    expect(texts(frozen).map((text) => text.split(' ').length)).toEqual([100, 100])
    expect(readRequest(frozen, 0).inputTokens).toEqual({ value: 130, source: 'approximate' })
    expect(frozen.notices).toEqual([
      'Input lengths are approximate: no tokenizer was given, so a word is taken to be 1.3 tokens.',
    ])
  })

  test('lengths keep to their distribution', async () => {
    const frozen = await freeze({ kind: 'uniform', min: 10, max: 20 }, 400)
    const lengths = texts(frozen).map((_, i) => readRequest(frozen, i).inputTokens?.value ?? 0)
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([10, 20])
  })
})

describe('prompts are unique', () => {
  test('from the first word in neighbours, and within the opening in all', async () => {
    const all = texts(await freeze(fixed(60), 2000)).map((text) => text.split(' '))
    const firsts = all.map((words) => words[0])
    for (let i = 0; i + 100 <= all.length; i++) expect(new Set(firsts.slice(i, i + 100)).size).toBe(100)
    expect(new Set(all.map((words) => words.slice(0, 2).join(' '))).size).toBe(2000)
  })

  test('with openings of which none begins another', () => {
    const base = titleWords.length
    const ids = [0, 1, base - 1, base, base + 1, 2 * base, base * base, base * base + base, base ** 3 + 5]
    const openings = [
      ...ids.map((id) => openingOf(id, 9).join(' ')),
      ...Array.from({ length: 3000 }, (_, id) => openingOf(id + 10 * base, 9).join(' ')),
    ]
    const sorted = [...new Set(openings)].sort()
    expect(sorted.some((opening, i) => sorted[i + 1]?.startsWith(opening))).toBe(false)
    expect(ids.map((id) => openingOf(id, 9).length)).toEqual([1, 1, 1, 2, 2, 2, 2, 3, 3])
  })

  test('however short, as long as there are enough words', async () => {
    const frozen = await freeze(fixed(1), titleWords.length)
    expect(new Set(texts(frozen)).size).toBe(titleWords.length)
    expect(frozen.notices).toHaveLength(1)
  })

  test('or those that repeat are counted in a notice', async () => {
    const frozen = await freeze(fixed(1), 3 * titleWords.length)
    // Two thirds have an opening of two words, cut to its first.
    expect(new Set(texts(frozen)).size).toBe(2 * titleWords.length)
    expect(frozen.notices[1]).toBe(
      `${titleWords.length} of ${3 * titleWords.length} prompts repeat an earlier one: they are too short to differ, and a prefix cache may serve them.`,
    )
  })
})

test('the text reads like English sentences', () => {
  const next = englishWords(makeRng(1))
  expect(Array.from({ length: 30 }, next).join(' ')).toMatchInlineSnapshot(
    `"The tunnel again lifts the clean island and every simple engine supports the local meadow, until our river returns every annual meadow around one northern picture. A famous thread soon"`,
  )
})
