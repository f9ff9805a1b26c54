import { byteSpelling, spell } from '../gguf/byte-level.ts'
import { marks, opening, type WordClass, words } from './grammar.ts'

/** What a token is to the grammar; tokens without a part occur in prompts only. */
export interface Part {
  readonly wordClass: WordClass
  readonly topic?: number
}

export interface VocabularyToken {
  /** As the vocabulary spells it: bytes as the printable characters of byte-level BPE. */
  readonly piece: string
  readonly control: boolean
  readonly part?: Part
}

/** Tokens in id order, and the merges that join byte tokens into pieces. */
export interface Vocabulary {
  readonly tokens: readonly VocabularyToken[]
  readonly merges: readonly string[]
}

export const endToken = 0
export const beginToken = 1
/** Control tokens, ids from 0; a chat template names them. */
const controls = ['<|end|>', '<|begin|>', '<|system|>', '<|user|>', '<|assistant|>'] as const

/** Frequent words of English prompts that the grammar itself does not use. */
const promptWords = `a an the to of is are be been am it its on as or if by from not no can could would should will
 may must do does done have has had what which who whom whose than then them these those you me him us
 please write tell explain describe give show list make use find answer help think know want need
 word sentence paragraph short text language model computer code program data number example name
 time day year people world life man woman way thing work place case point system group problem fact
 good new first last great little own other big high different large next important same able
 about into over up down out off only just also very more most some any all each both between through
 how when where why here there now well even back still such like one two three four five ten hundred
 summary following question information water food house city country money music science history`

/** Frequent letter groups of English, so that unknown words become few tokens; each is made of earlier ones. */
const groups = `th he in er an re on at en nd ti es or te of ed is it al ar st nt ng se ha as ou io le ve co me de
 hi ri ro ic ne ea ra ce li ch ll be ma si om ur un ec sh ss ing ion ent the ter ate all ver ess ect con per ous
 ment tion`

/** The vocabulary of the generated model, always the same, in a fixed order. */
export function makeVocabulary(): Vocabulary {
  const tokens: VocabularyToken[] = controls.map((piece, id) => ({
    piece,
    control: true,
    ...(id === endToken ? { part: { wordClass: 'end' } as const } : {}),
  }))
  const seen = new Set<string>(tokens.map((token) => token.piece))
  const add = (text: string, part?: Part) => {
    const piece = spell(text)
    if (seen.has(piece)) return
    seen.add(piece)
    tokens.push({ piece, control: false, ...(part === undefined ? {} : { part }) })
  }
  const markOf = new Map(Object.entries(marks).map(([wordClass, text]) => [text, wordClass as WordClass]))
  for (const byte of byteSpelling) {
    const wordClass = markOf.get(byte as '.')
    seen.add(byte)
    tokens.push({ piece: byte, control: false, ...(wordClass === undefined ? {} : { part: { wordClass } }) })
  }
  add(marks.paragraph, { wordClass: 'paragraph' })
  for (const { text, wordClass, topic } of words) {
    add(` ${text}`, topic === undefined ? { wordClass } : { wordClass, topic })
  }
  // A text's first word has no space before it.
  for (const { text, wordClass } of words) if (wordClass in opening) add(text, { wordClass })
  for (const text of promptWords.trim().split(/\s+/)) add(` ${text}`)
  const pairs = groups.trim().split(/\s+/)
  for (const text of pairs) add(text)
  return { tokens, merges: ['Ċ Ċ', ...pairs.map((text) => mergeOf(text, pairs))] }
}

/** The pair of shorter pieces that makes this one. */
function mergeOf(text: string, pieces: readonly string[]): string {
  for (let at = text.length - 1; at > 0; at--) {
    const left = text.slice(0, at)
    const right = text.slice(at)
    if ([left, right].every((half) => half.length === 1 || pieces.includes(half))) return `${left} ${right}`
  }
  throw new Error(`No two pieces make "${text}".`)
}
