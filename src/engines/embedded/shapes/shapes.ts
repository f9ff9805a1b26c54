/** Sizes of a decoder-only transformer, as far as they decide its cost. */
export interface Shape {
  readonly architecture: 'llama' | 'qwen2'
  readonly vocabulary: number
  readonly layers: number
  readonly dim: number
  readonly feedForward: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly headSize: number
  readonly ropeBase: number
  /** The output matrix is the token embedding. */
  readonly tied: boolean
}

/** Named architectures, with the sizes their published configurations state. */
export const shapes = {
  /** LLaMA-like 160 M (JackFram/llama-160m). */
  'llama-160m': {
    architecture: 'llama',
    vocabulary: 32_000,
    layers: 12,
    dim: 768,
    feedForward: 3072,
    heads: 12,
    keyValueHeads: 12,
    headSize: 64,
    ropeBase: 10_000,
    tied: false,
  },
  /** Qwen2.5 0.5B. */
  'qwen-0.5b': {
    architecture: 'qwen2',
    vocabulary: 151_936,
    layers: 24,
    dim: 896,
    feedForward: 4864,
    heads: 14,
    keyValueHeads: 2,
    headSize: 64,
    ropeBase: 1_000_000,
    tied: true,
  },
  /** Llama 3.2 1B. */
  'llama-1b': {
    architecture: 'llama',
    vocabulary: 128_256,
    layers: 16,
    dim: 2048,
    feedForward: 8192,
    heads: 32,
    keyValueHeads: 8,
    headSize: 64,
    ropeBase: 500_000,
    tied: true,
  },
  /** Llama 3.2 3B. */
  'llama-3b': {
    architecture: 'llama',
    vocabulary: 128_256,
    layers: 28,
    dim: 3072,
    feedForward: 8192,
    heads: 24,
    keyValueHeads: 8,
    headSize: 128,
    ropeBase: 500_000,
    tied: true,
  },
} as const satisfies Record<string, Shape>

export type ShapeName = keyof typeof shapes

export const shapeNames = Object.keys(shapes) as ShapeName[]

/** True when the text names a shape. */
export function isShapeName(name: string): name is ShapeName {
  return Object.hasOwn(shapes, name)
}
