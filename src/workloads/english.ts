import type { Rng } from '../random/rng.ts'

const list = (words: string) => words.trim().split(/\s+/)

const adjectives = list(`
  quiet narrow early distant careful broken gentle silver hollow steady bright patient wooden northern modern
  common heavy small open frozen simple remote golden crowded curious plain warm useful famous hidden local
  uneven shallow official private rapid recent regular separate sharp single smooth special strange strong
  sudden tired urban various visible whole wide wild young ancient annual basic brief cheap clean clever`)
const nouns = list(`
  river bridge engine letter garden market station teacher window harbour machine valley paper library village
  answer question captain number forest signal kitchen winter morning sailor doctor pattern building record
  corner island farmer lantern ticket mountain season report bottle street method picture journey circle
  neighbour kettle ladder meadow museum notebook orchard packet pilot planet pocket railway ribbon saddle
  shelter shoulder student summer supper surface table tailor temple thread timber tower traveller tunnel`)
const verbs = list(`
  crosses carries follows describes measures repairs watches remembers opens builds collects explains visits
  counts paints borrows answers changes guards improves joins leaves lifts moves names orders plans presses
  protects pulls raises reaches reads replaces returns saves shares shows signs sorts studies supports trades`)
const links = list(`because while although before after until unless whenever wherever since once and but so`)
const places = list(`near behind under beside beyond inside across above along around against outside past`)
const adverbs = list(
  `slowly often never quietly always rarely again soon carefully still early together twice`,
)
const openers = list(
  `Perhaps Today Usually Sometimes Nearby Later Meanwhile Instead Outside Afterwards Clearly Again`,
)
const articles = list(`the a this every one`)
const bareArticles = list(`the our that each some`)

/** Different capitalised words to head a text with. */
export const titleWords: readonly string[] = [...new Set([...nouns, ...adjectives])].map(capitalised)

/**
 * English-like text without end, of our own making: every call gives the next word. Sentence marks belong to the
 * words before them.
 */
export function englishWords(rng: Rng): () => string {
  let sentence: string[] = []
  let next = 0
  return () => {
    if (next === sentence.length) {
      sentence = makeSentence(rng)
      next = 0
    }
    return sentence[next++] ?? ''
  }
}

/** Random words of the same list without end: no sentence, every word as likely as any other. */
export function randomWords(rng: Rng): () => string {
  return () => pick(allWords, rng)
}

/** Every lower-case word there is here. */
const allWords: readonly string[] = [
  ...new Set([...adjectives, ...nouns, ...verbs, ...links, ...places, ...adverbs]),
]

function makeSentence(rng: Rng): string[] {
  const words: string[] = []
  if (rng.next() < 0.3) words.push(`${pick(openers, rng)},`)
  const clauses = rng.int(1, 3)
  for (let clause = 1; clause <= clauses; clause++) {
    if (clause > 1) words.push(pick(links, rng))
    addClause(words, rng)
    mark(words, clause < clauses ? (rng.next() < 0.4 ? ',' : '') : rng.next() < 0.1 ? '?' : '.')
  }
  words[0] = capitalised(words[0] ?? '')
  return words
}

function addClause(words: string[], rng: Rng): void {
  addThing(words, rng)
  if (rng.next() < 0.3) words.push(pick(adverbs, rng))
  words.push(pick(verbs, rng))
  addThing(words, rng)
  if (rng.next() < 0.5) {
    words.push(pick(places, rng))
    addThing(words, rng)
  }
}

function addThing(words: string[], rng: Rng): void {
  if (rng.next() < 0.55) {
    const article = pick(articles, rng)
    const adjective = pick(adjectives, rng)
    words.push(article === 'a' && /^(?!use)[aeiou]/.test(adjective) ? 'an' : article, adjective)
  } else {
    words.push(pick(bareArticles, rng))
  }
  words.push(pick(nouns, rng))
}

function pick(words: readonly string[], rng: Rng): string {
  return words[rng.int(0, words.length - 1)] ?? ''
}

function mark(words: string[], sign: string): void {
  words[words.length - 1] += sign
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
