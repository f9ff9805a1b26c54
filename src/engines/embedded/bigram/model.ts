import type { GgufModel, GgufTensor } from '../gguf/gguf.ts'
import { constantF32, halfFloat, randomQ8 } from '../gguf/random-weights.ts'
import { tokenizerMetadata } from './tokenizer-metadata.ts'
import { makeTransitions } from './transitions.ts'
import { makeVocabulary, type Vocabulary } from './vocabulary.ts'

/**
 * The model Assay serves when no other is given: a bigram language model in closed form, in the clothes of a
 * llama. A token's embedding holds the log-probabilities of what follows it, one per dimension, and the output
 * matrix is the identity, so the logits are the embedding. Attention and feed-forward are computed in full and
 * their results multiplied by zero: real work, no effect.
 */

/** SHA-256 of the file this module makes; a test builds the file and compares. */
export const bigramSha256 = '0987597087b9ba898814c0c6536c03c49e075e0bfbd04708017b0b00be5318de'

/** Its file's name in the cache, without extension. */
export const bigramFileName = `assay-bigram-${bigramSha256.slice(0, 12)}`

const layers = 2
const heads = 8
const keyValueHeads = 2
const headSize = 64
const feedForward = 512
const contextTokens = 32_768
const blockSize = 32
/**
 * Log-probabilities lie on a grid, above a floor that every other token gets. The floor is far enough down that a
 * thousand such tokens share less than 0.01 %; the grid hides what arithmetic may differ in the last bit.
 */
const floorNats = 16
const stepsPerNat = 8
/** The inner weights only have to be numbers; this deviation keeps activations near 1. */
const innerDeviation = 0.03

/** The generated bigram model; the same bytes on every machine. */
export function bigramModel(): GgufModel {
  const vocabulary = makeVocabulary()
  const count = vocabulary.tokens.length
  // A block of its own keeps the large balancing number from coarsening its neighbours when quantised.
  const dim = Math.ceil(count / blockSize) * blockSize + blockSize
  const { embeddings, norm } = makeEmbeddings(vocabulary, dim)
  const width = heads * headSize
  const side = keyValueHeads * headSize
  const tensors: GgufTensor[] = [
    { name: 'token_embd.weight', dims: [dim, count], type: 'F32', data: () => [bytesOf(embeddings)] },
    // RMSNorm divides by norm / √dim, which is the same for every row, and this weight undoes it.
    {
      name: 'output_norm.weight',
      dims: [dim],
      type: 'F32',
      data: () => [constantF32(dim, norm / Math.sqrt(dim))],
    },
    { name: 'output.weight', dims: [dim, count], type: 'Q8_0', data: () => identity(dim, count) },
  ]
  for (let layer = 0; layer < layers; layer++) {
    const ones = (name: string): GgufTensor => ({
      name: `blk.${layer}.${name}.weight`,
      dims: [dim],
      type: 'F32',
      data: () => [constantF32(dim, 1)],
    })
    const noise = (name: string, rows: number, seed: number): GgufTensor => ({
      name: `blk.${layer}.${name}.weight`,
      dims: [dim, rows],
      type: 'Q8_0',
      data: () => randomQ8(dim * rows, innerDeviation, layer * 16 + seed),
    })
    const zeros = (name: string, columns: number): GgufTensor => ({
      name: `blk.${layer}.${name}.weight`,
      dims: [columns, dim],
      type: 'Q8_0',
      data: () => [new Uint8Array(((columns * dim) / blockSize) * (blockSize + 2))],
    })
    tensors.push(
      ones('attn_norm'),
      noise('attn_q', width, 1),
      noise('attn_k', side, 2),
      noise('attn_v', side, 3),
    )
    tensors.push(zeros('attn_output', width), ones('ffn_norm'), noise('ffn_gate', feedForward, 4))
    tensors.push(noise('ffn_up', feedForward, 5), zeros('ffn_down', feedForward))
  }
  return { metadata: metadata(vocabulary, dim), tensors }
}

function metadata(vocabulary: Vocabulary, dim: number): GgufModel['metadata'] {
  const text = (value: string) => ({ type: 'string', value }) as const
  const whole = (value: number) => ({ type: 'u32', value }) as const
  return {
    'general.architecture': text('llama'),
    'general.name': text('assay-bigram'),
    'general.alignment': whole(blockSize),
    'llama.context_length': whole(contextTokens),
    'llama.embedding_length': whole(dim),
    'llama.block_count': whole(layers),
    'llama.feed_forward_length': whole(feedForward),
    'llama.attention.head_count': whole(heads),
    'llama.attention.head_count_kv': whole(keyValueHeads),
    'llama.attention.key_length': whole(headSize),
    'llama.attention.value_length': whole(headSize),
    'llama.attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-6 },
    'llama.rope.dimension_count': whole(headSize),
    'llama.vocab_size': whole(vocabulary.tokens.length),
    ...tokenizerMetadata(vocabulary),
  }
}

/** Rows of nats above the floor; spare dimensions bring every row to the same Euclidean norm. */
function makeEmbeddings(vocabulary: Vocabulary, dim: number): { embeddings: Float32Array; norm: number } {
  const { tokens } = vocabulary
  const { next } = makeTransitions(tokens)
  const embeddings = new Float32Array(dim * tokens.length)
  const squares = tokens.map((_, id) => {
    let square = 0
    for (const [following, p] of next(id)) {
      const nats = Math.round(Math.max(0, floorNats + naturalLog(p)) * stepsPerNat) / stepsPerNat
      embeddings[id * dim + following] = nats
      square += nats * nats
    }
    return square
  })
  const largest = Math.max(...squares)
  squares.forEach((square, id) => {
    const balance = Math.sqrt((largest - square) / blockSize)
    embeddings.fill(balance, (id + 1) * dim - blockSize, (id + 1) * dim)
  })
  return { embeddings, norm: Math.sqrt(largest) }
}

/** Rows of the identity: block scale 1, one weight of 1. */
function* identity(dim: number, rows: number): Generator<Uint8Array> {
  const rowBytes = (dim / blockSize) * (blockSize + 2)
  const one = halfFloat(1)
  for (let row = 0; row < rows; row++) {
    const bytes = new Uint8Array(rowBytes)
    const block = Math.floor(row / blockSize) * (blockSize + 2)
    bytes[block] = one & 0xff
    bytes[block + 1] = one >> 8
    bytes[block + 2 + (row % blockSize)] = 1
    yield bytes
  }
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/**
 * ln(x) for x > 0 from additions, products and quotients alone, which IEEE 754 fixes to the bit; Math.log may
 * differ between platforms.
 */
function naturalLog(x: number): number {
  let mantissa = x
  let twos = 0
  for (; mantissa < 0.75; mantissa *= 2) twos--
  for (; mantissa >= 1.5; mantissa /= 2) twos++
  // 2 artanh z, with |z| <= 1/5.
  const z = (mantissa - 1) / (mantissa + 1)
  let sum = 0
  let power = z
  for (let k = 1; k < 30; k += 2) {
    sum += power / k
    power *= z * z
  }
  return 2 * sum + twos * Math.LN2
}
