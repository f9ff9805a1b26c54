import { AssayError, messageOf } from '../model/errors.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import { type GgufMetadataValue, readGgufMetadata } from './gguf-metadata.ts'
import { huggingFaceOf } from './huggingface.ts'

type Metadata = ReadonlyMap<string, GgufMetadataValue>

/** What a vocabulary says of a token. */
const [controlType, userType, byteType] = [3, 4, 6]

const words = (digits: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`
const byteLevel = (useRegex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
})
const split = (pattern: string) => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
})
const digitsFirst = {
  type: 'Sequence',
  pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)],
}

/** How a text is cut into words, by the names of llama.cpp. */
const cuts: Readonly<Record<string, { readonly cut: object; readonly wholeWordsFirst?: true }>> = {
  'gpt-2': { cut: byteLevel(true) },
  'llama-bpe': { cut: split(words('\\p{N}{1,3}')), wholeWordsFirst: true },
  llama3: { cut: split(words('\\p{N}{1,3}')), wholeWordsFirst: true },
  'llama-v3': { cut: split(words('\\p{N}{1,3}')), wholeWordsFirst: true },
  qwen2: { cut: split(words('\\p{N}')) },
  'deepseek-r1-qwen': { cut: split(words('\\p{N}')) },
  smollm: { cut: digitsFirst },
  starcoder: { cut: digitsFirst },
}

/**
 * The tokenizer in a GGUF file: byte-level BPE (`gpt2`) with a known cut into words, or SentencePiece BPE (`llama`). Throws
 * `tokenizer` for others, as guessing would make wrong lengths.
 */
export async function loadGguf(path: string): Promise<Tokenizer> {
  try {
    const metadata = await readGgufMetadata(path, 'tokenizer.')
    return huggingFaceOf(path, jsonOf(metadata), configOf(metadata))
  } catch (cause) {
    if (cause instanceof AssayError) throw cause
    throw new AssayError('tokenizer', `No tokenizer can be read from ${path}: ${messageOf(cause)}.`, {
      hint: 'Give the folder of the model with its tokenizer.json instead.',
      cause,
    })
  }
}

/** The same as a Hugging Face tokenizer.json. */
function jsonOf(metadata: Metadata): Record<string, unknown> {
  const tokens = texts(metadata, 'tokens')
  if (tokens.length === 0) throw new Error('it has no vocabulary')
  const types = numbers(metadata, 'token_type')
  const kind = metadata.get('tokenizer.ggml.model')
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
  const bos = Number(metadata.get('tokenizer.ggml.bos_token_id') ?? Number.NaN)
  const addsBos = metadata.get('tokenizer.ggml.add_bos_token') ?? kind === 'llama'
  const common = {
    version: '1.0',
    added_tokens: tokens.flatMap((content, id) => {
      const type = types[id]
      return type === controlType || type === userType
        ? [
            {
              id,
              content,
              special: type === controlType,
              single_word: false,
              lstrip: false,
              rstrip: false,
              normalized: false,
            },
          ]
        : []
    }),
    post_processor: addsBos === true ? opensWith(tokens[bos], bos) : null,
  }
  if (kind === 'gpt2') return { ...common, ...byteLevelModel(metadata, vocab) }
  if (kind === 'llama') return { ...common, ...sentencePiece(metadata, tokens, vocab) }
  throw new Error(`its tokenizer is of the kind ${String(kind)}, which is not read`)
}

function byteLevelModel(metadata: Metadata, vocab: object): object {
  const pre = String(metadata.get('tokenizer.ggml.pre') ?? 'default')
  const known = Object.hasOwn(cuts, pre) ? cuts[pre] : undefined
  if (known === undefined) throw new Error(`its way to cut words (${pre}) is not known`)
  return {
    normalizer: null,
    pre_tokenizer: known.cut,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      vocab,
      merges: texts(metadata, 'merges'),
      ignore_merges: known.wholeWordsFirst === true,
    },
  }
}

/** Merges of SentencePiece are its pieces in two, in the order of their scores. */
function sentencePiece(metadata: Metadata, tokens: readonly string[], vocab: Record<string, number>): object {
  const scores = numbers(metadata, 'scores')
  const types = numbers(metadata, 'token_type')
  const merges: { readonly pair: [string, string]; readonly score: number; readonly id: number }[] = []
  for (const [id, token] of tokens.entries()) {
    if (types[id] === controlType || types[id] === byteType) continue
    const letters = Array.from(token)
    for (let at = 1; at < letters.length; at++) {
      const pair: [string, string] = [letters.slice(0, at).join(''), letters.slice(at).join('')]
      if (Object.hasOwn(vocab, pair[0]) && Object.hasOwn(vocab, pair[1])) {
        merges.push({ pair, score: scores[id] ?? 0, id })
      }
    }
  }
  merges.sort(
    (a, b) =>
      b.score - a.score ||
      a.id - b.id ||
      (vocab[a.pair[0]] ?? 0) - (vocab[b.pair[0]] ?? 0) ||
      (vocab[a.pair[1]] ?? 0) - (vocab[b.pair[1]] ?? 0),
  )
  const spaced = { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' }
  const addsSpace = metadata.get('tokenizer.ggml.add_space_prefix') !== false
  return {
    normalizer: {
      type: 'Sequence',
      normalizers: addsSpace ? [{ type: 'Prepend', prepend: '\u2581' }, spaced] : [spaced],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(addsSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: 'BPE',
      vocab,
      merges: merges.map(({ pair }) => pair),
      byte_fallback: true,
      fuse_unk: true,
      unk_token: tokens[Number(metadata.get('tokenizer.ggml.unknown_token_id') ?? 0)],
    },
  }
}

function opensWith(token: string | undefined, id: number): object | null {
  if (token === undefined) return null
  return {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  }
}

function configOf(metadata: Metadata): Record<string, unknown> {
  const tokens = texts(metadata, 'tokens')
  const tokenOf = (name: string) => tokens[Number(metadata.get(`tokenizer.ggml.${name}_token_id`) ?? -1)]
  return {
    bos_token: tokenOf('bos'),
    eos_token: tokenOf('eos'),
    chat_template: metadata.get('tokenizer.chat_template'),
  }
}

function texts(metadata: Metadata, name: string): string[] {
  const list = metadata.get(`tokenizer.ggml.${name}`)
  return Array.isArray(list) ? list.map(String) : []
}

function numbers(metadata: Metadata, name: string): number[] {
  const list = metadata.get(`tokenizer.ggml.${name}`)
  return Array.isArray(list) ? list.map(Number) : []
}
