import type { ModelShape } from './model-shape.ts'

/** What most of today's models have in common: RMS norms, a gated feed-forward part, no biases. */
export const llamaLike = {
  tied: false,
  gated: true,
  normVectors: 2,
  finalNormVectors: 1,
  headNorms: 0,
  bias: 'none',
  positions: 0,
  experts: 1,
} as const satisfies Partial<ModelShape>

const llama = (
  [layers, hidden, heads, kvHeads, feedForward]: readonly [number, number, number, number, number],
  vocabulary: number,
  maxContext: number,
  others: Partial<ModelShape> = {},
): ModelShape => ({
  ...llamaLike,
  ...{ layers, hidden, heads, kvHeads, feedForward, vocabulary, maxContext },
  headSize: hidden / heads,
  ...others,
})

const llama2 = (...sizes: Parameters<typeof llama>[0]) => llama(sizes, 32_000, 4096)
const llama3 = (...sizes: Parameters<typeof llama>[0]) => llama(sizes, 128_256, 8192)
const llama31 = (...sizes: Parameters<typeof llama>[0]) => llama(sizes, 128_256, 131_072)
const qwen25 = (vocabulary: number, ...sizes: Parameters<typeof llama>[0]) =>
  llama(sizes, vocabulary, 32_768, { bias: 'query-key-value' })
const gemma2 = (headSize: number, ...sizes: Parameters<typeof llama>[0]) =>
  llama(sizes, 256_000, 8192, { headSize, tied: true, normVectors: 4 })

/** Models by name, with the sizes that their published configurations state: layers, width, heads, KV heads, feed-forward. */
export const models = {
  'tinyllama-1.1b': llama([22, 2048, 32, 4, 5632], 32_000, 2048),
  'llama-2-7b': llama2(32, 4096, 32, 32, 11_008),
  'llama-2-13b': llama2(40, 5120, 40, 40, 13_824),
  'llama-2-70b': llama2(80, 8192, 64, 8, 28_672),
  'llama-3-8b': llama3(32, 4096, 32, 8, 14_336),
  'llama-3-70b': llama3(80, 8192, 64, 8, 28_672),
  'llama-3.1-8b': llama31(32, 4096, 32, 8, 14_336),
  'llama-3.1-70b': llama31(80, 8192, 64, 8, 28_672),
  'llama-3.1-405b': llama31(126, 16_384, 128, 8, 53_248),
  'llama-3.3-70b': llama31(80, 8192, 64, 8, 28_672),
  'mistral-7b': llama([32, 4096, 32, 8, 14_336], 32_000, 32_768),
  'mixtral-8x7b': llama([32, 4096, 32, 8, 14_336], 32_000, 32_768, { experts: 8 }),
  'qwen2.5-7b': qwen25(152_064, 28, 3584, 28, 4, 18_944),
  'qwen2.5-14b': qwen25(152_064, 48, 5120, 40, 8, 13_824),
  'qwen2.5-32b': qwen25(152_064, 64, 5120, 40, 8, 27_648),
  'qwen2.5-72b': qwen25(152_064, 80, 8192, 64, 8, 29_568),
  'gemma-2-2b': gemma2(256, 26, 2304, 8, 4, 9216),
  'gemma-2-9b': gemma2(256, 42, 3584, 16, 8, 14_336),
  'gemma-2-27b': gemma2(128, 46, 4608, 32, 16, 36_864),
  'opt-13b': llama([40, 5120, 40, 40, 20_480], 50_272, 2048, {
    tied: true,
    gated: false,
    normVectors: 4,
    finalNormVectors: 2,
    bias: 'all',
    // Two more than its length: the first ones stand for padding.
    positions: 2050,
  }),
  'phi-2': llama([32, 2560, 32, 32, 10_240], 51_200, 2048, {
    gated: false,
    // Attention and feed-forward part share a norm.
    normVectors: 2,
    finalNormVectors: 2,
    bias: 'all-and-output',
  }),
} as const satisfies Readonly<Record<string, ModelShape>>

export const modelNames = Object.keys(models) as (keyof typeof models)[]
