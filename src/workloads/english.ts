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

const pick = (words: readonly string[], rng: Rng) => words[rng.int(0, words.length - 1)] ?? ''

/** Words of English-like text without end, of our own making; sentence marks belong to the words before them. */
export function* englishWords(rng: Rng): Generator<string> {
  for (;;) {
    const clauses = rng.int(1, 3)
    for (let clause = 0; clause < clauses; clause++) {
      const words = clauseWords(rng)
      if (clause === 0) {
        if (rng.next() < 0.3) words.unshift(`${pick(openers, rng)},`)
        else words[0] = capitalised(words[0] ?? '')
      } else {
        words.unshift(pick(links, rng))
      }
      const last = words.length - 1
      words[last] += clause === clauses - 1 ? (rng.next() < 0.1 ? '?' : '.') : rng.next() < 0.4 ? ',' : ''
      yield* words
    }
  }
}

function clauseWords(rng: Rng): string[] {
  const thing = () =>
    rng.next() < 0.55
      ? [pick(['the', 'a', 'this', 'every', 'one'], rng), pick(adjectives, rng), pick(nouns, rng)]
      : [pick(['the', 'our', 'that', 'each', 'some'], rng), pick(nouns, rng)]
  return [
    ...thing(),
    ...(rng.next() < 0.3 ? [pick(adverbs, rng)] : []),
    pick(verbs, rng),
    ...thing(),
    ...(rng.next() < 0.5 ? [pick(places, rng), ...thing()] : []),
  ]
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
