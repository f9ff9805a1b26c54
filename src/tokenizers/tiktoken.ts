import { AssayError } from '../model/errors.ts'
import type { Tokenizer } from '../model/tokenizer.ts'

/** What is used of an encoding of the library. */
interface Encoding {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[]
  decode(ids: Iterable<number>): string
  readonly vocabularySize: number
}

/** OpenAI's encodings, each loaded alone: one is up to 100 MB of memory. */
const encodings: Readonly<Record<string, () => Promise<Encoding>>> = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  o200k_harmony: () => import('gpt-tokenizer/encoding/o200k_harmony'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
  p50k_base: () => import('gpt-tokenizer/encoding/p50k_base'),
  p50k_edit: () => import('gpt-tokenizer/encoding/p50k_edit'),
  r50k_base: () => import('gpt-tokenizer/encoding/r50k_base'),
  gpt2: () => import('gpt-tokenizer/encoding/gpt2'),
}

/** Loads `tiktoken:NAME`. Throws `tokenizer` for a name there is not. */
export async function loadTiktoken(name: string): Promise<Tokenizer> {
  const load = encodings[name.replace(/^tiktoken:/, '')]
  if (load === undefined) {
    throw new AssayError('tokenizer', `There is no encoding ${name}.`, {
      hint: `Encodings are ${Object.keys(encodings).join(', ')}: tiktoken:o200k_base.`,
    })
  }
  const { encode, decode, vocabularySize } = await load()
  // The text of a special token is a text like any other.
  const options = { disallowedSpecial: new Set<string>() }
  return {
    name,
    encode: (text) => encode(text, options),
    decode(ids) {
      try {
        return decode(ids)
      } catch {
        // Numbers between the words and the special tokens stand for nothing.
        return '\uFFFD'
      }
    },
    vocabularySize,
  }
}
