import type { WorkloadSpec } from '../../model/workload.ts'
import { makeRng } from '../../random/rng.ts'
import { englishWords, titleWords } from '../english.ts'
import { openingOf } from '../opening.ts'
import { approximateText, exactTexts, type MeasuredText } from '../prompt-text.ts'
import type { SourceContext } from '../source.ts'

/** Texts of so many blocks are remembered; the others are made again. */
const remembered = 20_000

/** Makes the prompt of request `id`: `tokens` long, in the words of its blocks, then in words of its own. */
export interface BlockTexts {
  (id: number, tokens: number, hashes: readonly (number | string)[]): MeasuredText
  /** Tells how much of the prompts repeats blocks that came before. */
  tell(): void
}

/** @param blockTokens tokens of a block; absent: the trace has none */
export function blockTexts(
  spec: Pick<WorkloadSpec, 'name'>,
  blockTokens: number | undefined,
  context: SourceContext,
): BlockTexts {
  const root = makeRng(context.seed).split('workload').split(spec.name)
  const shift = root.split('opening').int(0, titleWords.length - 1)
  const makeText = context.tokenizer === undefined ? approximateText : exactTexts(context.tokenizer)
  const texts = new Map<number | string, readonly string[]>()
  const seen = new Set<number | string>()
  let prompts = 0
  let repeated = 0

  const streamOf = (hash: number | string) => root.split(`block ${hash}`)
  const wordsOf = (hash: number | string, tokens: number): readonly string[] => {
    const known = texts.get(hash)
    if (known !== undefined) return known
    const rng = streamOf(hash)
    const title = openingOf(rng.split('title').int(0, 100_000_000), shift)
    const words = makeText(title, englishWords(rng.split('text')), tokens).text.split(' ')
    if (texts.size < remembered) texts.set(hash, words)
    return words
  }

  const textOf = (id: number, tokens: number, hashes: readonly (number | string)[]) => {
    prompts += tokens
    const whole = blockTokens === undefined ? 0 : Math.min(hashes.length, Math.floor(tokens / blockTokens))
    const words: string[] = []
    for (const hash of hashes.slice(0, whole)) {
      words.push(...wordsOf(hash, blockTokens ?? 0))
      if (seen.has(hash)) repeated += blockTokens ?? 0
      seen.add(hash)
    }
    const last = hashes[whole]
    const rest = last === undefined ? root.split(`${id}`).split('text') : streamOf(last).split('rest')
    // Words of its own begin with the number of the request; an equal last block must not.
    if (last === undefined) words.push(...openingOf(id, shift))
    return makeText(words, englishWords(rest), tokens)
  }
  return Object.assign(textOf, {
    tell() {
      if (repeated === 0) return
      const share = ((100 * repeated) / prompts).toFixed(1)
      context.notice(
        `${share} % of the prompt tokens lie in blocks that came before: a prefix cache may serve them.`,
      )
    },
  })
}
