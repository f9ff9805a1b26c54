import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers'
import { AssayError, messageOf } from '../model/errors.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { chatTemplateOf, tokenText } from './chat-template.ts'
import { type BpeModel, speedUp } from './fast-bpe.ts'
import { inLegacyMode } from './legacy.ts'

/**
 * Reads a Hugging Face tokenizer.json (given itself, or its folder), and tokenizer_config.json beside it when it
 * is there. `#legacy=true` or `#legacy=false` after the path asks for one of Llama's two ways with spaces. Throws
 * `tokenizer` with the path and the reason.
 */
export async function loadHuggingFace(name: string): Promise<Tokenizer> {
  const [, path = name, legacy] = /^(.*)#legacy=(true|false)$/.exec(name) ?? []
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(path, 'tokenizer.json') : path
  const json = await readObject(file)
  if (json === undefined) throw bad(file, 'there is no such file')
  const config = (await readObject(join(dirname(file), 'tokenizer_config.json'))) ?? {}
  const templateFile = await readText(join(dirname(file), 'chat_template.jinja'))
  return huggingFaceOf(name, legacy === undefined ? json : inLegacyMode(json, legacy === 'true'), config, {
    file,
    ...(templateFile === undefined ? {} : { templateFile }),
  })
}

/** A tokenizer from what a tokenizer.json and a tokenizer_config.json hold. Throws `tokenizer` with the reason. */
export function huggingFaceOf(
  name: string,
  json: Record<string, unknown>,
  config: Record<string, unknown>,
  { file = name, templateFile }: { readonly file?: string; readonly templateFile?: string } = {},
): Tokenizer {
  const model = modelOf(file, json)
  let tokenizer: HuggingFace
  try {
    // The library looks for a word model's unknown token in the configuration only.
    tokenizer = new HuggingFace(json, { unk_token: model.unk_token, ...config })
    if (isBpe(tokenizer.model)) speedUp(tokenizer.model)
    // Some gaps in a file show at the first use only.
    decode(tokenizer, encode(tokenizer, 'Is this a tokenizer?'))
  } catch (cause) {
    throw bad(file, `it cannot be used (${messageOf(cause)})`, cause)
  }
  const bos = tokenText(config.bos_token)
  const opening = openingOf(tokenizer)
  const renderChat = chatTemplateOf(config, templateFile)
  return {
    name,
    encode: (text) => encode(tokenizer, text),
    decode: (ids) => decode(tokenizer, ids),
    vocabularySize: tokenizer.model.vocab.length,
    special: specialOf(json),
    ...(bos === undefined ? {} : { bos }),
    ...(opening.length === 0 ? {} : { opening }),
    ...(renderChat === undefined ? {} : { renderChat }),
  }
}

function specialOf(json: Record<string, unknown>): ReadonlySet<number> {
  const added = Array.isArray(json.added_tokens) ? (json.added_tokens as readonly unknown[]) : []
  return new Set(
    added.flatMap((token) =>
      isObject(token) && token.special === true && typeof token.id === 'number' ? [token.id] : [],
    ),
  )
}

function isBpe(model: object): model is BpeModel {
  return 'bpe' in model && 'merges' in model
}

function encode(tokenizer: HuggingFace, text: string): number[] {
  const ids: (number | undefined)[] = tokenizer.encode(text, { add_special_tokens: false }).ids
  // Words outside a vocabulary that has no token for the unknown have no id.
  return ids.filter((id) => id !== undefined)
}

/** What the tokenizer puts before a text by itself. */
function openingOf(tokenizer: HuggingFace): number[] {
  const text = 'a'
  const plain = encode(tokenizer, text)
  const whole: number[] = tokenizer.encode(text, { add_special_tokens: true }).ids
  const at = whole.findIndex((_, i) => plain.every((id, k) => whole[i + k] === id))
  return whole.slice(0, Math.max(0, at))
}

function decode(tokenizer: HuggingFace, ids: readonly number[]): string {
  // The library refuses an empty list.
  if (ids.length === 0) return ''
  return tokenizer.decode([...ids], {
    skip_special_tokens: false,
    // Clean-up changes text on the way back, so that it would encode to other ids.
    clean_up_tokenization_spaces: false,
  })
}

/** Undefined when there is no such file. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw bad(path, `it cannot be read (${messageOf(cause)})`, cause)
  }
}

/** Undefined when there is no such file. */
async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(path)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw bad(path, `it is not JSON (${messageOf(cause)})`, cause)
  }
  if (!isObject(value)) throw bad(path, 'it is no JSON object')
  return value
}

function modelOf(file: string, json: Record<string, unknown>): Record<string, unknown> {
  const { model } = json
  if (!isObject(model)) throw bad(file, 'it has no "model", so it is not a tokenizer.json')
  if (typeof model.vocab !== 'object' || model.vocab === null) throw bad(file, 'its model has no "vocab"')
  return model
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(path: string, why: string, cause?: unknown): AssayError {
  return new AssayError('tokenizer', `No tokenizer can be read from ${path}: ${why}.`, {
    hint: 'Give a folder with a Hugging Face tokenizer.json, or the path of that file.',
    cause,
  })
}
