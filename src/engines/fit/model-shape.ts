/** Sizes of a decoder-only transformer, as far as they decide how much memory it takes. */
export interface ModelShape {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  /** As many as `heads` without grouped-query attention. */
  readonly kvHeads: number
  readonly headSize: number
  /** Width of the feed-forward part; of one expert where there are several. */
  readonly feedForward: number
  readonly vocabulary: number
  /** Tokens of one request at most, as its configuration says. */
  readonly maxContext: number
  /** The output matrix is the token embedding. */
  readonly tied: boolean
  /** Three feed-forward matrices (gate, up, down); else two. */
  readonly gated: boolean
  /** Norm vectors in a layer, counted with their biases. */
  readonly normVectors: number
  /** Norm vectors after the last layer. */
  readonly finalNormVectors: number
  /** Norms of queries and keys, of one head's size each. */
  readonly headNorms: number
  readonly bias: 'none' | 'query-key-value' | 'all' | 'all-and-output'
  /** Learned position embeddings. */
  readonly positions: number
  /** Feed-forward parts in a layer, each chosen by a router; 1: no router. */
  readonly experts: number
}

/** Parameters by what happens to them when a model is split. */
export interface LayerParameters {
  /** Queries and output projection, split by query heads. */
  readonly attention: number
  /** Keys and values, split by KV heads, of which each GPU has one at least. */
  readonly keyValue: number
  readonly feedForward: number
  /** Norms, routers: whole on every GPU. */
  readonly whole: number
}

/** Parameters of one layer. */
export function layerParameters(shape: ModelShape): LayerParameters {
  const { hidden, heads, kvHeads, headSize, feedForward, gated, bias, experts } = shape
  const inner = heads * headSize
  const keyValueInner = kvHeads * headSize
  const withBias = bias !== 'none'
  const allBias = bias === 'all' || bias === 'all-and-output'
  const matrices = gated ? 3 : 2
  return {
    attention: 2 * hidden * inner + (withBias ? inner : 0),
    keyValue: 2 * (hidden * keyValueInner + (withBias ? keyValueInner : 0)),
    feedForward: experts * (matrices * hidden * feedForward + (allBias ? (matrices - 1) * feedForward : 0)),
    whole:
      shape.normVectors * hidden +
      shape.headNorms * headSize +
      // The biases of the output and the down projection are added once, after the sum over GPUs.
      (allBias ? (1 + experts) * hidden : 0) +
      (experts > 1 ? experts * hidden : 0),
  }
}

/** Parameters before the first layer. */
export function inputParameters({ vocabulary, positions, hidden }: ModelShape): number {
  return (vocabulary + positions) * hidden
}

/** Parameters of the output matrix, whether or not it is the embedding. */
export function outputParameters({ vocabulary, hidden, bias }: ModelShape): number {
  return vocabulary * hidden + (bias === 'all-and-output' ? vocabulary : 0)
}

/** All parameters, exactly. */
export function parameterCount(shape: ModelShape): number {
  const { attention, keyValue, feedForward, whole } = layerParameters(shape)
  return (
    inputParameters(shape) +
    shape.layers * (attention + keyValue + feedForward + whole) +
    shape.finalNormVectors * shape.hidden +
    (shape.tied ? 0 : outputParameters(shape))
  )
}
