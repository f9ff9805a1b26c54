import type { TokenCount } from '../model/record.ts'
import type { Tokenizer } from '../model/tokenizer.ts'

/** Tokens of an English word with its space, as common vocabularies have it; the rule when no tokenizer is given. */
export const tokensPerWord = 1.3
/** Rounds of filling and cutting before a length is given up; most texts need none. */
const maxRounds = 12
/** Words that take one token in most vocabularies. */
const fillers = ['now', 'here', 'then', 'there', 'so', 'too', 'yes', 'well']

/** A text and how long it is in tokens. */
export interface MeasuredText {
  readonly text: string
  readonly tokens: TokenCount
}

/** Makes a text that begins with `opening` and goes on with the words it is given, of the wanted length. */
export type MakeText = (opening: readonly string[], nextWord: () => string, wanted: number) => MeasuredText

/** As many words as `wanted` tokens take by rule. */
export const approximateText: MakeText = (opening, nextWord, wanted) => {
  const length = Math.max(1, Math.round(wanted / tokensPerWord))
  const words = opening.slice(0, length)
  while (words.length < length) words.push(nextWord())
  return { text: words.join(' '), tokens: { value: wanted, source: 'approximate' } }
}

/** Makes texts of exactly the wanted length under one tokenizer, wherever that can be met. */
export function exactTexts(tokenizer: Tokenizer): MakeText {
  const sizeOf = wordSizes(tokenizer)
  return (opening, nextWord, wanted) => {
    const words = [...opening]
    let size = tokenizer.encode(words.join(' ')).length
    const addIfFits = (word: string) => {
      const fits = size + sizeOf(word) <= wanted
      if (fits) {
        words.push(word)
        size += sizeOf(word)
      }
      return fits
    }
    while (addIfFits(nextWord()));
    for (const filler of fillers) addIfFits(filler)
    return settle(words.join(' '), nextWord, wanted, tokenizer)
  }
}

/** Encodes the whole text; fills or cuts it until it has the wanted length, which is rarely needed. */
function settle(
  text: string,
  nextWord: () => string,
  wanted: number,
  { encode, decode }: Tokenizer,
): MeasuredText {
  let settled = text
  let ids = encode(settled)
  for (let round = 0; round < maxRounds && ids.length !== wanted; round++) {
    if (ids.length > wanted) {
      settled = decode(ids.slice(0, wanted))
    } else {
      const missing = wanted - ids.length
      for (let word = 0; word < Math.ceil(missing / 2); word++) settled += ` ${nextWord()}`
    }
    // Never trusted: a cut text may encode to other ids than it was cut to.
    ids = encode(settled)
  }
  return { text: settled, tokens: { value: ids.length, source: 'tokenizer' } }
}

/** Tokens that a word adds to a text, remembered: the same words come again and again. At least 1. */
function wordSizes({ encode }: Tokenizer): (word: string) => number {
  const sizes = new Map<string, number>()
  const before = encode('the').length
  return (word) => {
    let size = sizes.get(word)
    if (size === undefined) {
      size = Math.max(1, encode(`the ${word}`).length - before)
      if (sizes.size >= maxKnownWords) sizes.clear()
      sizes.set(word, size)
    }
    return size
  }
}

const maxKnownWords = 200_000
