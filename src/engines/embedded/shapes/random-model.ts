import { tokenizerMetadata } from '../bigram/tokenizer-metadata.ts'
import { makeVocabulary, type Vocabulary } from '../bigram/vocabulary.ts'
import { spell } from '../gguf/byte-level.ts'
import type { GgufModel, GgufTensor, GgufValue } from '../gguf/gguf.ts'
import { constantF32, randomQ8 } from '../gguf/random-weights.ts'
import type { Shape } from './shapes.ts'

/** Goes up when the bytes change, so that an old cached file is not taken for a new one. */
export const randomModelVersion = 1

const blockSize = 32
const contextTokens = 32_768

/**
 * A model of the given shape with seeded random weights in Q8_0: it costs what the real one costs and says noise.
 * The end token's row is zero, so its logit is 0 while others reach far above: texts practically never end.
 */
export function randomModel(shape: Shape, name: string): GgufModel {
  const tensors: GgufTensor[] = []
  let seed = 1
  const matrix = (tensor: string, columns: number, rows: number, deviation = 1 / Math.sqrt(columns)) => {
    const mine = seed++
    const data = () => randomQ8(columns * rows, deviation, mine)
    tensors.push({ name: tensor, dims: [columns, rows], type: 'Q8_0', data })
  }
  const constant = (tensor: string, length: number, value: number) =>
    tensors.push({ name: tensor, dims: [length], type: 'F32', data: () => [constantF32(length, value)] })
  const words = (tensor: string, deviation: number) => {
    const mine = seed++
    const { dim, vocabulary } = shape
    const rowBytes = (dim / blockSize) * (blockSize + 2)
    function* data() {
      yield new Uint8Array(rowBytes)
      yield* randomQ8(dim * (vocabulary - 1), deviation, mine)
    }
    tensors.push({ name: tensor, dims: [dim, vocabulary], type: 'Q8_0', data })
  }
  // Logits get a deviation near 2: lively sampling without one token winning always.
  words('token_embd.weight', 2 / Math.sqrt(shape.dim))
  constant('output_norm.weight', shape.dim, 1)
  if (!shape.tied) words('output.weight', 2 / Math.sqrt(shape.dim))
  const width = shape.heads * shape.headSize
  const side = shape.keyValueHeads * shape.headSize
  for (let layer = 0; layer < shape.layers; layer++) {
    const at = `blk.${layer}`
    constant(`${at}.attn_norm.weight`, shape.dim, 1)
    matrix(`${at}.attn_q.weight`, shape.dim, width)
    matrix(`${at}.attn_k.weight`, shape.dim, side)
    matrix(`${at}.attn_v.weight`, shape.dim, side)
    if (shape.architecture === 'qwen2') {
      constant(`${at}.attn_q.bias`, width, 0)
      constant(`${at}.attn_k.bias`, side, 0)
      constant(`${at}.attn_v.bias`, side, 0)
    }
    matrix(`${at}.attn_output.weight`, width, shape.dim)
    constant(`${at}.ffn_norm.weight`, shape.dim, 1)
    matrix(`${at}.ffn_gate.weight`, shape.dim, shape.feedForward)
    matrix(`${at}.ffn_up.weight`, shape.dim, shape.feedForward)
    matrix(`${at}.ffn_down.weight`, shape.feedForward, shape.dim)
  }
  return { metadata: metadata(shape, name), tensors }
}

function metadata(shape: Shape, name: string): GgufModel['metadata'] {
  const text = (value: string) => ({ type: 'string', value }) as const
  const whole = (value: number) => ({ type: 'u32', value }) as const
  const sizes: Record<string, GgufValue> = {
    context_length: whole(contextTokens),
    embedding_length: whole(shape.dim),
    block_count: whole(shape.layers),
    feed_forward_length: whole(shape.feedForward),
    'attention.head_count': whole(shape.heads),
    'attention.head_count_kv': whole(shape.keyValueHeads),
    'attention.key_length': whole(shape.headSize),
    'attention.value_length': whole(shape.headSize),
    'attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-5 },
    'rope.dimension_count': whole(shape.headSize),
    'rope.freq_base': { type: 'f32', value: shape.ropeBase },
    vocab_size: whole(shape.vocabulary),
  }
  return {
    'general.architecture': text(shape.architecture),
    'general.name': text(name),
    'general.alignment': whole(32),
    ...Object.fromEntries(
      Object.entries(sizes).map(([key, value]) => [`${shape.architecture}.${key}`, value]),
    ),
    ...tokenizerMetadata(vocabularyOf(shape.vocabulary)),
  }
}

const onsets = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z', 'sh', 'ch']
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ou', 'ea']

/** The generated model's vocabulary, then made-up words of two or more syllables up to the size. */
function vocabularyOf(size: number): Vocabulary {
  const { tokens, merges } = makeVocabulary()
  const syllables = onsets.flatMap((onset) => vowels.map((vowel) => onset + vowel))
  const known = new Set(tokens.map((token) => token.piece))
  const all = [...tokens]
  for (let n = 0; all.length < size; n++) {
    let word = ''
    // The syllables are digits of n; the added one keeps every word at two or more.
    for (let rest = n + syllables.length; rest > 0; rest = Math.floor(rest / syllables.length)) {
      word += syllables[rest % syllables.length]
    }
    const piece = spell(` ${word}`)
    if (!known.has(piece)) all.push({ piece, control: false })
  }
  return { tokens: all, merges }
}
