import type { Request } from '../model/request.ts'
import type { LadderStep } from '../model/workload-source.ts'
import { makeRng, type Rng } from '../random/rng.ts'
import { randomWords, titleWords } from './english.ts'
import { drawLength } from './lengths.ts'
import { openingOf } from './opening.ts'
import { approximateText, exactTexts, type MeasuredText, tokensPerWord } from './prompt-text.ts'
import { sampleRequests } from './sample.ts'
import type { SourceContext, SpecOf } from './source.ts'

/** What each step is named after. */
const nominal: Readonly<Record<LadderStep, number>> = {
  '5': 5,
  '25': 25,
  '50': 50,
  '100': 100,
  '500': 500,
  '1k': 1000,
  '2k': 2000,
}

/** Of about five tokens: too short to be told apart by an opening. */
const shortest = [
  'Who invented the telephone?',
  'Why do cats purr?',
  'What is a prime number?',
  'How deep is the sea?',
  'Where do rivers begin?',
  'When do swallows fly south?',
  'What makes bread rise?',
  'How do magnets work?',
]
const fillers = ['Answer briefly.', 'Give one example.', 'Explain why.', 'Be exact.']

/**
 * Prompts of named lengths, the steps in turn: real questions for chat models, which stop early at nonsense, or random words
 * for base models. Every prompt but the shortest has its own opening and order of questions.
 */
export function* ladder(spec: SpecOf<'ladder'>, context: SourceContext): Generator<Request> {
  const { seed, count, tokenizer } = context
  const { steps, style, output } = spec.source
  const root = makeRng(seed).split('workload').split(spec.name)
  const shift = root.split('opening').int(0, titleWords.length - 1)
  const exact = tokenizer === undefined ? approximateText : exactTexts(tokenizer)
  const measured = new Map<LadderStep, { readonly least: number; readonly most: number }>()
  const sizes = new Map<string, number>()
  const sizeOf = (text: string) => {
    const size =
      sizes.get(text) ?? tokenizer?.encode(text).length ?? Math.round(text.split(' ').length * tokensPerWord)
    if (sizes.size < sampleRequests.length + fillers.length + shortest.length) sizes.set(text, size)
    return size
  }
  for (let id = 0; id < count; id++) {
    const step = steps[id % steps.length] ?? '25'
    const rng = root.split(`${id}`)
    const opening = openingOf(id, shift)
    const made: MeasuredText =
      style === 'words'
        ? exact(nominal[step] < 10 ? [] : opening, randomWords(rng.split('text')), nominal[step])
        : questions(step, opening, rng.split('text'), sizeOf)
    const { value } = made.tokens
    const { least = value, most = value } = measured.get(step) ?? {}
    measured.set(step, { least: Math.min(least, value), most: Math.max(most, value) })
    yield {
      id,
      input:
        style === 'words'
          ? { kind: 'prompt', text: made.text }
          : { kind: 'chat', messages: [{ role: 'user', content: made.text }] },
      output: { tokens: drawLength(output, rng.split('output length')), mode: spec.outputMode },
      sampling: spec.sampling,
      inputTokens: tokenizer === undefined ? { ...made.tokens, source: 'approximate' } : made.tokens,
    }
  }
  const said = [...measured].map(
    ([step, { least, most }]) => `${step}: ${least === most ? least : `${least} to ${most}`}`,
  )
  const under = tokenizer === undefined ? 'about, at 1.3 tokens a word' : `under ${tokenizer.name}`
  context.notice(`Measured lengths of the ladder (${under}): ${said.join(', ')}.`)
}

/** Questions until the step's length is reached as nearly as whole questions can. */
function questions(
  step: LadderStep,
  opening: readonly string[],
  rng: Rng,
  sizeOf: (text: string) => number,
): MeasuredText {
  const wanted = nominal[step]
  if (wanted < 10) {
    const text = shortest[rng.int(0, shortest.length - 1)] ?? ''
    return { text, tokens: { value: sizeOf(text), source: 'tokenizer' } }
  }
  const first = rng.int(0, sampleRequests.length - 1)
  const sentences = [opening.join(' ')]
  let size = sizeOf(sentences[0] ?? '')
  const addIfNearer = (sentence: string) => {
    // Sentences add up but for a token or two; the whole is measured at the end.
    const next = size + sizeOf(sentence)
    if (Math.abs(next - wanted) >= Math.abs(size - wanted)) return
    sentences.push(sentence)
    size = next
  }
  for (let k = 0; size < wanted && k < 20 * sampleRequests.length; k++) {
    addIfNearer(sampleRequests[(first + k) % sampleRequests.length]?.[0] ?? '')
  }
  for (const filler of fillers) addIfNearer(filler)
  const text = sentences.join(' ')
  return { text, tokens: { value: sizeOf(text), source: 'tokenizer' } }
}
