import type { Request } from '../model/request.ts'
import { makeRng } from '../random/rng.ts'
import { englishWords, titleWords } from './english.ts'
import { drawLength } from './lengths.ts'
import { openingOf } from './opening.ts'
import { approximateText, exactTexts, tokensPerWord } from './prompt-text.ts'
import type { FreezeOptions, SourceResult, SpecOf } from './source.ts'

/** Tokenizing takes up to 40 ms a thousand tokens: after so many prompts, Ctrl-C and the display have their turn. */
const promptsPerTurn = 4

/** Prompts of drawn lengths, each unique from its first words on, so that no prefix cache can serve them. */
export async function synthetic(spec: SpecOf<'synthetic'>, options: FreezeOptions): Promise<SourceResult> {
  const { tokenizer, count, seed } = options
  const root = makeRng(seed).split('workload').split(spec.name)
  const shift = root.split('opening').int(0, titleWords.length - 1)
  const makeText = tokenizer === undefined ? approximateText : exactTexts(tokenizer)
  const requests: Request[] = []
  /** Texts too short for their whole opening: only these can be equal. */
  const short = new Set<string>()
  let repeated = 0
  let missed = 0
  for (let id = 0; id < count; id++) {
    const rng = root.split(`${id}`)
    const wanted = drawLength(spec.source.prompt, rng.split('prompt length'))
    const opening = openingOf(id, shift)
    const { text, tokens } = makeText(opening, englishWords(rng.split('text')), wanted)
    if (tokens.value !== wanted) missed++
    if (!text.startsWith(opening.join(' '))) {
      if (short.has(text)) repeated++
      short.add(text)
    }
    requests.push({
      id,
      input: { kind: 'prompt', text },
      output: { tokens: drawLength(spec.source.output, rng.split('output length')), mode: spec.outputMode },
      sampling: spec.sampling,
      inputTokens: tokens,
    })
    if (tokenizer !== undefined && id % promptsPerTurn === promptsPerTurn - 1) await nextTurn()
  }
  const notices: string[] = []
  if (tokenizer === undefined) {
    notices.push(
      `Input lengths are approximate: no tokenizer was given, so a word is taken to be ${tokensPerWord} tokens.`,
    )
  } else if (missed > 0) {
    notices.push(`${missed} of ${count} prompts do not have the asked length under ${tokenizer.name}.`)
  }
  if (repeated > 0) {
    notices.push(
      `${repeated} of ${count} prompts repeat an earlier one: they are too short to differ, and a prefix cache may serve them.`,
    )
  }
  return { requests, notices }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
