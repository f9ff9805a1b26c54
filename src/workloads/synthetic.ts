import { AssayError } from '../model/errors.ts'
import { makeRng, type Rng } from '../random/rng.ts'
import { englishWords, randomWords, titleWords } from './english.ts'
import { drawLength, drawPair } from './lengths.ts'
import { openingOf } from './opening.ts'
import { approximateText, exactTexts, type MeasuredText, tokensPerWord } from './prompt-text.ts'
import { randomTokens } from './random-tokens.ts'
import { Repeats } from './repeats.ts'
import type { FreezeOptions, SourceContext, SourcedRequest, SpecOf } from './source.ts'
import { type Drawn, inThreads } from './threads.ts'

/** Tokenizing takes up to 40 ms a thousand tokens: after so many prompts, Ctrl-C and the display have their turn. */
const promptsPerTurn = 4

type Synthetic = SpecOf<'synthetic'>

/** Prompts of drawn lengths, each unique from its first words on, so that no prefix cache can serve them. */
export async function* synthetic(spec: Synthetic, context: SourceContext): AsyncGenerator<SourcedRequest> {
  const { tokenizer } = context
  const repeats = new Repeats()
  let missed = 0
  let given = 0
  for await (const { request, wanted, short } of drawn(spec, context)) {
    if (request.inputTokens?.value !== wanted) missed++
    if (short && request.input.kind === 'prompt') repeats.add(request.input.text)
    given++
    yield request
  }
  if (tokenizer === undefined) context.notice(approximateNotice)
  else if (missed > 0) context.notice(missedNotice(missed, given, tokenizer.name))
  if (repeats.count > 0) context.notice(repeats.notice(given))
}

export const approximateNotice = `Input lengths are approximate: no tokenizer was given, so a word is taken to be ${tokensPerWord} tokens.`

export function missedNotice(missed: number, of: number, tokenizer: string): string {
  return `${missed} of ${of} prompts do not have the asked length under ${tokenizer}.`
}

async function* drawn(spec: Synthetic, context: SourceContext): AsyncGenerator<Drawn> {
  const { count, tokenizer, threads = 0 } = context
  if (tokenizer !== undefined && threads > 0 && worthThreads(spec, count)) {
    yield* inThreads({ spec, seed: context.seed, tokenizer: tokenizer.name, count, threads })
    return
  }
  const draw = synthesizer(spec, context)
  for (let id = 0; id < count; id++) {
    yield draw(id)
    if (tokenizer !== undefined && id % promptsPerTurn === promptsPerTurn - 1) await nextTurn()
  }
}

/** A thread costs a second tokenizer to load: not for a few prompts. */
const tokensForThreads = 300_000

function worthThreads({ source }: Synthetic, count: number): boolean {
  const rng = makeRng(0)
  let sum = 0
  for (let i = 0; i < 32; i++) {
    sum += source.pairs === undefined ? drawLength(source.prompt, rng) : drawPair(source.pairs, rng).prompt
  }
  return (sum / 32) * count >= tokensForThreads
}

/** Makes request `id`, which depends on the spec, the seed and `id` alone. */
export function synthesizer(
  spec: Synthetic,
  { seed, tokenizer }: Pick<FreezeOptions, 'seed' | 'tokenizer'>,
): (id: number) => Drawn {
  const { source } = spec
  const root = makeRng(seed).split('workload').split(spec.name)
  const shift = root.split('opening').int(0, titleWords.length - 1)
  const makeText = tokenizer === undefined ? approximateText : exactTexts(tokenizer)
  const words = wordsOf(spec, tokenizer)
  return (id) => {
    const rng = root.split(`${id}`)
    const [prompt, output] = lengthsOf(source, rng)
    // Random tokens differ by themselves: no word of ours goes before them.
    const opening = source.style === 'token-ids' ? [] : openingOf(id, shift)
    const { text, tokens }: MeasuredText = makeText(opening, words(rng.split('text')), prompt)
    return {
      request: {
        id,
        input: { kind: 'prompt', text },
        output: { tokens: output, mode: spec.outputMode },
        sampling: spec.sampling,
        inputTokens: tokens,
      },
      wanted: prompt,
      short: opening.length === 0 ? prompt < 4 : !text.startsWith(opening.join(' ')),
    }
  }
}

function lengthsOf(source: Synthetic['source'], rng: Rng): readonly [prompt: number, output: number] {
  if (source.pairs !== undefined) {
    const { prompt, output } = drawPair(source.pairs, rng.split('lengths'))
    return [prompt, output]
  }
  return [
    drawLength(source.prompt, rng.split('prompt length')),
    drawLength(source.output, rng.split('output length')),
  ]
}

function wordsOf(
  { name, source }: Synthetic,
  tokenizer: FreezeOptions['tokenizer'],
): (rng: Rng) => () => string {
  switch (source.style) {
    case undefined:
    case 'english':
      return englishWords
    case 'words':
      return randomWords
    case 'token-ids':
      if (tokenizer?.vocabularySize !== undefined) return randomTokens(tokenizer)
      throw new AssayError('prompt-style', `Workload "${name}": random token ids need a vocabulary.`, {
        hint: 'Give the workload a tokenizer: a folder, a GGUF file, or tiktoken:o200k_base.',
      })
    default:
      return source.style satisfies never
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
