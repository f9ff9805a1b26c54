/** Bytes of a weight, an activation or a cached number. */
export const numberTypes = {
  fp32: 4,
  float32: 4,
  fp16: 2,
  float16: 2,
  half: 2,
  bf16: 2,
  bfloat16: 2,
} as const
export type NumberType = keyof typeof numberTypes

/** Bytes of one number of the KV cache. */
export const kvTypes = { ...numberTypes, fp8: 1, int8: 1 } as const
export type KvType = keyof typeof kvTypes

/** How weights are stored. */
export interface Quantisation {
  /** Of one weight, scales and zero points included. */
  readonly bits: number
  /** Whether embeddings and output matrix are quantised too. */
  readonly embeddings: boolean
}

/** Group sizes as they are published: 128 weights to a scale for awq and gptq, 64 for nf4, 32 for GGUF's blocks. */
export const quantisations = {
  fp8: { bits: 8, embeddings: false },
  int8: { bits: 8, embeddings: false },
  /** 4 bits, a 16-bit scale and a 4-bit zero point for 128 weights. */
  awq: { bits: 4 + 20 / 128, embeddings: false },
  gptq: { bits: 4 + 20 / 128, embeddings: false },
  /** 4 bits and a 32-bit scale for 64 weights. */
  nf4: { bits: 4.5, embeddings: false },
  q8_0: { bits: 8.5, embeddings: true },
  q4_0: { bits: 4.5, embeddings: true },
} as const satisfies Readonly<Record<string, Quantisation>>
export type QuantisationName = keyof typeof quantisations
