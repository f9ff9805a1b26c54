import { AssayError } from '../model/errors.ts'
import type { CacheExpectation, Request } from '../model/request.ts'
import { makeRng, type Rng } from '../random/rng.ts'
import { englishWords, titleWords } from './english.ts'
import { drawLength } from './lengths.ts'
import { openingOf } from './opening.ts'
import { approximateText, exactTexts } from './prompt-text.ts'
import type { SourceContext, SpecOf } from './source.ts'
import { approximateNotice, missedNotice } from './synthetic.ts'

type Shared = SpecOf<'shared-prefix'>

/** A beginning that several prompts share: the words along one path of the tree. */
interface Beginning {
  readonly key: string
  readonly words: readonly string[]
  readonly tokens: number
}

/** Texts of so many beginnings are remembered. */
const remembered = 4096

/**
 * Prompts that share their beginnings: each takes a path through the levels, then goes on with words of its own. A hit rate
 * fits the beginning's length to each prompt's; a cold cache puts a title of its own before everything.
 */
export function* sharedPrefix(spec: Shared, context: SourceContext): Generator<Request> {
  const { seed, count, tokenizer } = context
  const { source } = spec
  const root = makeRng(seed).split('workload').split(spec.name)
  const shift = root.split('opening').int(0, titleWords.length - 1)
  const makeText = tokenizer === undefined ? approximateText : exactTexts(tokenizer)
  const tally = new Tally()
  const beginnings = new Map<string, Beginning>()
  let missed = 0
  for (let id = 0; id < count; id++) {
    const rng = root.split(`${id}`)
    const wanted = drawLength(source.prompt, rng.split('prompt length'))
    const path = pathOf(spec, rng.split('path'))
    const levels = levelTokens(spec, wanted)
    const key = `${path.join('/')}:${levels.join('/')}`
    const beginning = beginnings.get(key) ?? makeBeginning(key, path, levels)
    if (beginnings.size < remembered) beginnings.set(key, beginning)
    if (beginning.tokens >= wanted) throw noRoom(spec, id, beginning.tokens, wanted)
    const isCold = source.cache.kind === 'cold'
    const title = openingOf(id, shift)
    const own = englishWords(rng.split('text'))
    // The title ends what is shared: no two prompts go on alike.
    const before = isCold ? [...title, ...beginning.words] : [...beginning.words, ...title]
    const { text, tokens } = makeText(before, own, wanted)
    if (tokens.value !== wanted) missed++
    tally.add(beginning, path, levels, tokens.value)
    yield {
      id,
      input: inputOf(spec, text, beginning.words),
      output: { tokens: drawLength(source.output, rng.split('output length')), mode: spec.outputMode },
      sampling: spec.sampling,
      inputTokens: tokens,
    }
  }
  context.state({ cache: tally.expectation(source.cache) })
  if (tokenizer === undefined) context.notice(approximateNotice)
  else if (missed > 0) context.notice(missedNotice(missed, count, tokenizer.name))

  function makeBeginning(key: string, path: readonly number[], levels: readonly number[]): Beginning {
    const salt = source.salt === undefined ? [] : source.salt.split(/\s+/).filter((word) => word !== '')
    let words: readonly string[] = salt
    let tokens = 0
    for (const [level, own] of levels.entries()) {
      tokens += own
      const here = path.slice(0, level + 1).join('/')
      // A prefix of a longer text of the same path: of beginnings that differ in length the shorter opens the longer.
      const rng = root.split(`beginning ${here}`)
      const title = openingOf(rng.split('title').int(0, 1_000_000), shift)
      words = makeText([...words, ...title], englishWords(rng.split('text')), tokens).text.split(' ')
    }
    return { key, words, tokens }
  }
}

/** Which of its pool each level takes. */
function pathOf({ source }: Shared, rng: Rng): number[] {
  return source.levels.map(({ pool }) => rng.int(0, pool - 1))
}

/** Tokens of each level; a hit rate stretches them to its share of the prompt. */
function levelTokens({ source }: Shared, wanted: number): number[] {
  const { levels, cache } = source
  if (cache.kind !== 'hit-rate') return levels.map(({ tokens }) => tokens)
  const sum = levels.reduce((total, { tokens }) => total + tokens, 0)
  return levels.map(({ tokens }) => Math.max(1, Math.round((wanted * cache.share * tokens) / sum)))
}

function inputOf({ source }: Shared, text: string, shared: readonly string[]): Request['input'] {
  const begin = shared.join(' ')
  if (source.system !== true || !text.startsWith(begin)) return { kind: 'prompt', text }
  return {
    kind: 'chat',
    messages: [
      { role: 'system', content: begin },
      { role: 'user', content: text.slice(begin.length).trimStart() },
    ],
  }
}

/** Sums of what can be reused. */
class Tally {
  #prompt = 0
  #shared = 0
  /** Longest beginning below each node: what a cache must hold of it. */
  readonly #nodes = new Map<string, number>()

  add({ tokens }: Beginning, path: readonly number[], levels: readonly number[], prompt: number): void {
    this.#prompt += prompt
    this.#shared += tokens
    for (const [level, own] of levels.entries()) {
      const node = path.slice(0, level + 1).join('/')
      this.#nodes.set(node, Math.max(this.#nodes.get(node) ?? 0, own))
    }
  }

  expectation(contract: CacheExpectation['contract']): CacheExpectation {
    const prefixTokens = [...this.#nodes.values()].reduce((sum, tokens) => sum + tokens, 0)
    const share = this.#prompt === 0 ? 0 : this.#shared / this.#prompt
    return { contract, cachedShare: contract.kind === 'cold' ? 0 : share, prefixTokens }
  }
}

function noRoom({ name }: Shared, id: number, shared: number, wanted: number): AssayError {
  return new AssayError(
    'bad-lengths',
    `Workload "${name}", request ${id}: a prompt of ${wanted} tokens has no room for words of its own after ${shared} shared ones.`,
    {
      hint: 'Make prompts longer (prompt: {tokens: …}) or the shared beginning shorter (prefix: {tokens: …}).',
    },
  )
}
