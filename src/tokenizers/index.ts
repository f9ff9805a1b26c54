import type { Tokenizer } from '../model/tokenizer.ts'

/** Kinds of tokenizers; a name here is a tokenizer's kind everywhere. */
const tokenizers = {
  huggingface: () => import('./huggingface.ts').then((m) => m.loadHuggingFace),
}

/**
 * Loads the tokenizer in a folder, or a tokenizer.json.
 * Throws `tokenizer` with the path when there is none, or it cannot be used.
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  return (await tokenizers.huggingface())(path)
}
