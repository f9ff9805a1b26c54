import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'
import { AssayError, messageOf } from '../model/errors.ts'
import type { Tokenizer } from '../model/tokenizer.ts'

/** Reads tokenizer.json, and tokenizer_config.json beside it when it is there. */
export async function loadHuggingFace(path: string): Promise<Tokenizer> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(path, 'tokenizer.json') : path
  const json = await readJson(file)
  if (json === undefined) throw bad(file, 'there is no such file')
  const config = (await readJson(join(dirname(file), 'tokenizer_config.json'))) ?? {}
  if (typeof json.model !== 'object' || json.model === null) throw bad(file, 'it describes no model')
  let tokenizer: HuggingFace
  try {
    // Clean-up changes text on the way back, so that it would encode to other ids.
    tokenizer = new HuggingFace(json, { ...config, clean_up_tokenization_spaces: false })
  } catch (cause) {
    throw bad(file, messageOf(cause), cause)
  }
  return {
    name: path,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: (ids) =>
      tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  }
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw bad(path, `it is not JSON (${messageOf(cause)})`, cause)
  }
}

function bad(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError('tokenizer', `No tokenizer can be read from ${path}: ${why}.`, {
    hint: 'Give a folder with a Hugging Face tokenizer.json, or the path of that file.',
    cause,
  })
}
