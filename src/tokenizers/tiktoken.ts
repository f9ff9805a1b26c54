import { AssayError } from '../model/errors.ts'
import type { Tokenizer } from '../model/tokenizer.ts'

/** What is used of an encoding of the library. */
interface Encoding {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[]
}

/** The text or the bytes of each id. */
interface Ranks {
  readonly default: readonly (string | readonly number[] | undefined)[]
}

const o200k = () => import('gpt-tokenizer/bpeRanks/o200k_base')
const cl100k = () => import('gpt-tokenizer/bpeRanks/cl100k_base')
const p50k = () => import('gpt-tokenizer/bpeRanks/p50k_base')
const r50k = () => import('gpt-tokenizer/bpeRanks/r50k_base')

/** OpenAI's encodings and their vocabularies, each loaded alone: one is up to 100 MB of memory. */
const encodings: Readonly<Record<string, readonly [() => Promise<Encoding>, () => Promise<Ranks>]>> = {
  o200k_base: [() => import('gpt-tokenizer/encoding/o200k_base'), o200k],
  o200k_harmony: [() => import('gpt-tokenizer/encoding/o200k_harmony'), o200k],
  cl100k_base: [() => import('gpt-tokenizer/encoding/cl100k_base'), cl100k],
  p50k_base: [() => import('gpt-tokenizer/encoding/p50k_base'), p50k],
  p50k_edit: [() => import('gpt-tokenizer/encoding/p50k_edit'), p50k],
  r50k_base: [() => import('gpt-tokenizer/encoding/r50k_base'), r50k],
  gpt2: [() => import('gpt-tokenizer/encoding/gpt2'), r50k],
}

/** Loads `tiktoken:NAME`. Throws `tokenizer` for a name there is not. */
export async function loadTiktoken(name: string): Promise<Tokenizer> {
  const short = name.replace(/^tiktoken:/, '')
  const [load, loadRanks] = (Object.hasOwn(encodings, short) ? encodings[short] : undefined) ?? []
  if (load === undefined || loadRanks === undefined) {
    throw new AssayError('tokenizer', `There is no encoding ${name}.`, {
      hint: `Encodings are ${Object.keys(encodings).join(', ')}: tiktoken:o200k_base.`,
    })
  }
  const [{ encode }, { default: ranks }] = await Promise.all([load(), loadRanks()])
  // The text of a special token is a text like any other.
  const options = { disallowedSpecial: new Set<string>() }
  return {
    name,
    encode: (text) => encode(text, options),
    // Not the library's: the half of a character that ends one text would begin the next.
    decode: (ids) => Buffer.concat(ids.map((id) => bytesOf(ranks[id]))).toString('utf8'),
    vocabularySize: ranks.length,
  }
}

/** Ids of special tokens, and numbers without any, stand for no text. */
function bytesOf(token: string | readonly number[] | undefined): Buffer {
  if (token === undefined) return Buffer.from('\uFFFD')
  return typeof token === 'string' ? Buffer.from(token) : Buffer.from(token)
}
