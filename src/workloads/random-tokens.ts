import type { Tokenizer } from '../model/tokenizer.ts'
import type { Rng } from '../random/rng.ts'

/** A word before which a token is looked at, so that it comes with the space it brings. */
const anchor = 'the'
/** Ids looked at to see whether a vocabulary has tokens that are words of their own. */
const looks = 2000
const maxMisses = 5000

/**
 * Random tokens as words, for `exactTexts`: each is drawn evenly from the ids whose text is one token again after a space,
 * so that joined words keep their number. Vocabularies without such ids (of letters or bytes) give ids of any text.
 */
export function randomTokens(tokenizer: Tokenizer): (rng: Rng) => () => string {
  const known = new Map<number, string | undefined>()
  const { vocabularySize = 0, special } = tokenizer
  if (vocabularySize === 0) throw new RangeError(`${tokenizer.name} does not state its size`)
  const before = tokenizer.encode(anchor)
  const anchorText = tokenizer.decode(before)
  const wordOf = (id: number): string | undefined => {
    if (special?.has(id)) return undefined
    const text = tokenizer.decode([...before, id])
    const word = text.startsWith(anchorText) ? text.slice(anchorText.length) : ''
    if (!/^ [^\s\uFFFD]+$/u.test(word)) return undefined
    const ids = tokenizer.encode(`${anchorText}${word}`)
    return ids.length === before.length + 1 && ids.at(-1) === id ? word.slice(1) : undefined
  }
  const remembered = (id: number) => {
    if (!known.has(id)) known.set(id, wordOf(id))
    return known.get(id)
  }
  // Looked at beforehand and evenly: what a request holds must not depend on the requests before it.
  const step = Math.max(1, Math.floor(vocabularySize / looks))
  const hasWords = Array.from({ length: looks }, (_, i) => i * step).some(
    (id) => id < vocabularySize && remembered(id) !== undefined,
  )
  const anyText = (id: number) => {
    const text = special?.has(id) ? '' : tokenizer.decode([id]).trim()
    return text === '' || text.includes('\uFFFD') ? undefined : text
  }
  return (rng) => () => {
    for (let miss = 0; miss < maxMisses; miss++) {
      const id = rng.int(0, vocabularySize - 1)
      const word = hasWords ? remembered(id) : anyText(id)
      if (word !== undefined) return word
    }
    return 'x'
  }
}
