import { type Topic, topics } from './topics.ts'

/**
 * The grammar behind the generated model: word classes, and how likely one class follows another. Every word
 * has one class, so the last word alone tells where in a sentence the model is; that is what lets a bigram
 * model write whole sentences.
 */

/** Classes whose words are the same whatever the topic. Words at a sentence's start are capitalised. */
const plainWords = {
  sentenceArticle: 'The Our Every Another My One Her His Each This',
  sentencePronoun: 'She He They We Nobody Someone Everyone I',
  opener: 'Yesterday Later Sometimes Meanwhile Afterwards Once Today Perhaps Suddenly Tonight',
  questionWord: 'Where When Why How',
  there: 'There',
  pronoun: 'she he they we nobody someone everyone',
  clauseArticle: 'our his her my their your',
  wandered: 'waited slept laughed returned arrived rested listened smiled wandered whispered worked lingered',
  knew: 'knew said hoped believed remembered noticed understood promised thought',
  manner: 'slowly quietly often never always carefully finally gladly secretly rarely proudly',
  was: 'was seemed became felt looked remained grew',
  very: 'very rather quite almost too',
  feeling: 'tired happy ready certain angry pleased lost safe worried awake content glad older hopeful',
  consonantArticle: 'a',
  vowelArticle: 'an',
  objectArticle: 'another this one every',
  near: 'across beside under near behind inside beyond along through above toward around past outside from',
  the: 'the',
  that: 'that',
  joiner: 'and but so yet',
  because: 'because while until although',
  at: 'at',
  hour: 'dawn noon sunset midnight dusk',
  before: 'before after',
  meal: 'supper breakfast lunch dinner',
  during: 'during in',
  season: 'summer winter spring autumn',
  with: 'with without',
  virtue: 'care patience joy pride hope skill courage relief',
  for: 'for',
  duration: 'hours days weeks years',
  ending: 'again together alone twice anyway indoors upstairs',
  were: 'were',
  many: 'many few several',
  countable: 'birds houses clouds ships children trees letters stories stars windows',
  did: 'did',
  you: 'you',
  bare: 'go stay begin wait leave sing hide travel',
} as const

/** Classes that are one token without a space before it, or a control token. */
export const marks = { stop: '.', ask: '?', comma: ',', semicolon: ';', paragraph: '\n\n' } as const

type PlainClass = keyof typeof plainWords
type Mark = keyof typeof marks
/** `start` and `end` are the model's beginning and end of a text. */
export type WordClass = PlainClass | keyof Topic | Mark | 'end'
/** Where a class leads: relative weights. */
type Follow = Partial<Record<WordClass, number>>

const subject: Follow = { whoQuality: 3, who: 7 }
const predicate: Follow = { deed: 46, wandered: 16, manner: 12, was: 14, knew: 12 }
const clause: Follow = { pronoun: 6, clauseArticle: 4 }
const object: Follow = { thingQuality: 3, thing: 7 }
const close: Follow = { stop: 76, comma: 18, semicolon: 6 }
const afterObject: Follow = {
  ...close,
  stop: 40,
  near: 32,
  with: 6,
  at: 4,
  before: 4,
  during: 4,
  because: 6,
  ending: 3,
}
/** A new sentence's first word. */
export const opening: Follow = {
  sentenceArticle: 54,
  sentencePronoun: 25,
  opener: 13,
  questionWord: 4,
  there: 4,
}
const afterSentence: Follow = { ...opening, end: 17, paragraph: 6 }

/** What follows each class. */
export const follows: Readonly<Record<WordClass, Follow>> = {
  end: opening,
  stop: afterSentence,
  ask: afterSentence,
  paragraph: opening,
  comma: { joiner: 1 },
  semicolon: clause,
  sentenceArticle: subject,
  sentencePronoun: predicate,
  opener: { pronoun: 1 },
  questionWord: { did: 1 },
  there: { were: 1 },
  pronoun: predicate,
  clauseArticle: subject,
  whoQuality: { who: 1 },
  who: predicate,
  wandered: { near: 40, stop: 18, with: 10, for: 12, at: 8, before: 4, ending: 10, comma: 4, because: 6 },
  knew: { that: 1 },
  that: clause,
  manner: { deed: 7, wandered: 3 },
  was: { very: 4, feeling: 6 },
  very: { feeling: 1 },
  feeling: { ...close, because: 20, before: 6, ending: 6, near: 8 },
  consonantArticle: object,
  vowelArticle: object,
  objectArticle: object,
  thingQuality: { thing: 1 },
  thing: afterObject,
  things: afterObject,
  near: { the: 1 },
  the: { placeQuality: 3, place: 7 },
  placeQuality: { place: 1 },
  place: { ...close, at: 7, before: 6, during: 5, with: 6, because: 6, ending: 4 },
  joiner: clause,
  because: clause,
  at: { hour: 1 },
  hour: close,
  before: { meal: 1 },
  meal: close,
  during: { season: 1 },
  season: close,
  with: { virtue: 1 },
  virtue: close,
  for: { duration: 1 },
  duration: close,
  ending: close,
  were: { many: 1 },
  many: { countable: 1 },
  countable: { near: 6, stop: 3, during: 1 },
  deed: { things: 50, consonantArticle: 27, vowelArticle: 13, objectArticle: 10 },
  did: { you: 1 },
  you: { bare: 1 },
  bare: { ask: 1 },
}

/** A word of the grammar: its class, and its topic's number if it has one. */
export interface Word {
  readonly text: string
  readonly wordClass: WordClass
  readonly topic?: number
}

/** Every word of the grammar once, marks apart, in a fixed order. */
export const words: readonly Word[] = [
  ...Object.entries(plainWords).flatMap(([wordClass, list]) =>
    list.split(' ').map((text) => ({ text, wordClass: wordClass as PlainClass })),
  ),
  ...topics.flatMap((parts, topic) =>
    Object.entries(parts).flatMap(([wordClass, list]: [string, string]) =>
      list.split(' ').map((text) => ({ text, wordClass: wordClass as keyof Topic, topic })),
    ),
  ),
]
