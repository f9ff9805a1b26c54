import type { TokenCount } from '../model/record.ts'
import type { Request } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { makeRng } from '../random/rng.ts'
import { englishWords } from './english.ts'
import { drawLength } from './lengths.ts'
import type { FreezeOptions, SourceResult, SpecOf } from './source.ts'

/** Tokens of an English word with its space, as common vocabularies have it; the rule when no tokenizer is given. */
const tokensPerWord = 1.3
/** Rounds of cutting and filling before a length is given up; most texts need one or two. */
const maxRounds = 12

/** Prompts of drawn lengths, each unique from its first words on, so that no prefix cache can serve them. */
export function synthetic(spec: SpecOf<'synthetic'>, options: FreezeOptions): SourceResult {
  const { tokenizer, count, seed } = options
  const root = makeRng(seed).split('workload').split(spec.name)
  let missed = 0
  const requests = Array.from({ length: count }, (_, id): Request => {
    const rng = root.split(`${id}`)
    const wanted = drawLength(spec.source.prompt, rng.split('prompt length'))
    const words = englishWords(rng.split('text'))
    const { text, tokens } =
      tokenizer === undefined ? approximate(id, words, wanted) : exact(id, words, wanted, tokenizer)
    if (tokens.value !== wanted) missed++
    return {
      id,
      input: { kind: 'prompt', text },
      output: { tokens: drawLength(spec.source.output, rng.split('output length')), mode: spec.outputMode },
      sampling: spec.sampling,
      inputTokens: tokens,
    }
  })
  const notices = [
    ...(tokenizer === undefined
      ? [
          `Input lengths are approximate: no tokenizer was given, so a token is taken to be 1/${tokensPerWord} of a word.`,
        ]
      : []),
    ...(tokenizer !== undefined && missed > 0
      ? [`${missed} of ${count} prompts do not have the asked length under ${tokenizer.name}.`]
      : []),
  ]
  return { requests, notices }
}

/** Numbers the prompt in words: what makes it unique comes first. */
function opening(id: number): string[] {
  return id
    .toString(8)
    .split('')
    .map((digit) => openingWords[Number(digit)] ?? '')
}

const openingWords = ['amber', 'birch', 'coral', 'delta', 'ember', 'flint', 'grove', 'heron']

function approximate(
  id: number,
  words: Iterator<string>,
  wanted: number,
): { readonly text: string; readonly tokens: TokenCount } {
  const length = Math.max(1, Math.round(wanted / tokensPerWord))
  const text = take(opening(id), words, length).join(' ')
  return { text, tokens: { value: wanted, source: 'approximate' } }
}

function take(first: readonly string[], words: Iterator<string>, length: number): string[] {
  const taken = first.slice(0, length)
  while (taken.length < length) taken.push(nextWord(words))
  return taken
}

function nextWord(words: Iterator<string>): string {
  const { value, done } = words.next()
  if (done === true) throw new RangeError('the text has an end')
  return value
}

/** Encodes, cuts or fills, and encodes what comes out again, until the text has exactly the wanted length. */
function exact(
  id: number,
  words: Iterator<string>,
  wanted: number,
  tokenizer: Tokenizer,
): { readonly text: string; readonly tokens: TokenCount } {
  let text = take(opening(id), words, Math.max(1, Math.ceil(wanted * 0.9))).join(' ')
  let ids = tokenizer.encode(text)
  for (let round = 0; round < maxRounds && ids.length !== wanted; round++) {
    if (ids.length < wanted) {
      const missing = wanted - ids.length
      for (let word = 0; word < Math.ceil(missing / 2); word++) text += ` ${nextWord(words)}`
    } else {
      text = tokenizer.decode(ids.slice(0, wanted))
      // A cut inside a character leaves a replacement mark that encodes to something else.
      if (text.endsWith('\uFFFD')) text = text.replace(/\uFFFD+$/, '')
    }
    ids = tokenizer.encode(text)
  }
  return { text, tokens: { value: ids.length, source: 'tokenizer' } }
}
