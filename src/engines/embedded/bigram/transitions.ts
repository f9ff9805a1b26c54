import { follows, type WordClass } from './grammar.ts'
import type { Part, VocabularyToken } from './vocabulary.ts'

/** Words of one topic follow each other this much more often than words of two. */
const topicAffinity = 24
/** One pair of words in five is a pair the language is fond of. */
const fondOneIn = 5
const fondness = 5
/** A word's weight within its class falls with its place in the list, as in natural text. */
const rankOffset = 3

/** A token with its place among the words of its class (and topic). */
interface Ranked {
  readonly id: number
  readonly part: Part
  readonly rank: number
  readonly piece: string
}

const space = 'Ġ'

/**
 * Probability of every next token after each token: `next(id)` gives pairs [id, p] that sum to 1.
 * Tokens without a part (bytes, words of prompts) lead to a new sentence.
 */
export function makeTransitions(tokens: readonly VocabularyToken[]): {
  next(id: number): [id: number, p: number][]
} {
  const byClass = new Map<WordClass, Ranked[]>()
  const ranks = new Map<string, number>()
  tokens.forEach(({ piece, part }, id) => {
    if (part === undefined) return
    const key = `${part.wordClass} ${part.topic ?? ''} ${piece.startsWith(space)}`
    const rank = ranks.get(key) ?? 0
    ranks.set(key, rank + 1)
    const list = byClass.get(part.wordClass) ?? []
    list.push({ id, part, rank, piece })
    byClass.set(part.wordClass, list)
  })
  return {
    next(id) {
      const token = tokens[id]
      if (token === undefined) throw new Error(`There is no token ${id}.`)
      // A text and a paragraph begin without a space.
      const bare = token.control || token.piece.startsWith('Ċ')
      const from = token.part?.wordClass ?? 'paragraph'
      const pairs: [number, number][] = []
      const entries = Object.entries(follows[from]) as [WordClass, number][]
      const classes = entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [wordClass, share] of entries) {
        const weights = candidates(byClass.get(wordClass) ?? [], bare, from).map(
          (word) => [word.id, weigh(id, token.part?.topic, word)] as const,
        )
        const sum = weights.reduce((total, [, weight]) => total + weight, 0)
        for (const [next, weight] of weights) pairs.push([next, (share / classes) * (weight / sum)])
      }
      return pairs
    },
  }
}

/** The words of a class that may stand here: with or without space, and by sound after `a` and `an`. */
function candidates(words: readonly Ranked[], bare: boolean, from: WordClass): readonly Ranked[] {
  const hasBoth =
    words.some((word) => word.piece.startsWith(space)) && words.some((w) => !w.piece.startsWith(space))
  const spelled = hasBoth ? words.filter((word) => word.piece.startsWith(space) !== bare) : words
  if (from !== 'consonantArticle' && from !== 'vowelArticle') return spelled
  return spelled.filter((word) => 'aeiou'.includes(word.piece[1] ?? '') === (from === 'vowelArticle'))
}

function weigh(from: number, topic: number | undefined, word: Ranked): number {
  const related = topic !== undefined && topic === word.part.topic ? topicAffinity : 1
  const fond = pairHash(from, word.id) % fondOneIn === 0 ? fondness : 1
  return (related * fond) / (word.rank + rankOffset)
}

/** A number that looks random and is always the same for a pair of ids (an integer hash after murmur3). */
function pairHash(a: number, b: number): number {
  let h = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
