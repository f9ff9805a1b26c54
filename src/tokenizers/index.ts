import type { Tokenizer } from '../model/tokenizer.ts'

/** Kinds of tokenizers, by what their names look like, the first that fits. */
const tokenizers: readonly (readonly [form: RegExp, load: (name: string) => Promise<Tokenizer>])[] = [
  [/^tiktoken:/, async (name) => (await import('./tiktoken.ts')).loadTiktoken(name)],
  [/^https?:\/\//, async (name) => (await import('./server.ts')).loadServerTokenizer(name)],
  [/\.gguf$/i, async (name) => (await import('./gguf.ts')).loadGguf(name)],
  [/^/, async (name) => (await import('./huggingface.ts')).loadHuggingFace(name)],
]

/**
 * Loads a tokenizer: `tiktoken:o200k_base`, the URL of a server with /tokenize, a GGUF file, or a folder with a
 * tokenizer.json (or that file). Throws `tokenizer` with the name when there is none, or it cannot be used.
 */
export async function loadTokenizer(name: string): Promise<Tokenizer> {
  for (const [form, load] of tokenizers) if (form.test(name)) return load(name)
  throw new RangeError(name)
}
