import type { GpuSet } from './gpus.ts'
import {
  inputParameters,
  layerParameters,
  type ModelShape,
  outputParameters,
  parameterCount,
} from './model-shape.ts'
import type { Quantisation } from './number-types.ts'

const gib = 2 ** 30

/** What is to be put where. */
export interface FitQuestion {
  readonly shape: ModelShape
  /** Of one weight that is not quantised. */
  readonly weightBytes: number
  readonly quantisation?: Quantisation
  /** Size of the model's file, where that is known: shares are taken of it. */
  readonly fileBytes?: number
  /** Of one number of the KV cache. */
  readonly kvBytes: number
  readonly gpus: GpuSet
  /** Tokens of one request, prompt and output. */
  readonly context: number
  /** Share of a GPU's memory that the engine may use. */
  readonly memoryFraction: number
  /** GiB on each GPU for activations, the CUDA context and graphs. */
  readonly overheadGib: number
}

/** One way to spread a model over GPUs. */
export interface Split {
  readonly tensor: number
  readonly pipeline: number
  readonly replicas: number
}

/** What a split comes to, on the GPU with the least room. */
export interface SplitFit extends Split {
  /**
   * `fits`: one request of the context at least. `context`: the weights fit, such a request does not. `weights`: they do
   * not fit. `indivisible`: engines refuse it.
   */
  readonly state: 'fits' | 'context' | 'weights' | 'indivisible'
  /** Why it is refused, for `indivisible`. */
  readonly why?: string
  readonly weightsGib: number
  /** Left for the KV cache; below 0: how much is missing. */
  readonly kvGib: number
  /** On each GPU. */
  readonly kvBytesPerToken: number
  /** 0 where nothing is left. */
  readonly tokensPerReplica: number
  readonly tokensInAll: number
  readonly requestsPerReplica: number
  readonly requestsInAll: number
}

/** Everything that `assay fit` says. */
export interface Fit {
  readonly parameters: number
  readonly weightsBytes: number
  /** Of the whole model, over all GPUs of a replica without copies. */
  readonly kvBytesPerToken: number
  readonly splits: readonly SplitFit[]
}

/** Every split of the GPUs, the one with the most GPUs to a replica first, tensor before pipeline. */
export function fitModel(question: FitQuestion): Fit {
  const { shape, gpus, kvBytes } = question
  const splits = divisors(gpus.count).flatMap((replicas) => {
    const perReplica = gpus.count / replicas
    return divisors(perReplica).map((pipeline) => ({ replicas, pipeline, tensor: perReplica / pipeline }))
  })
  return {
    parameters: parameterCount(shape),
    weightsBytes: question.fileBytes ?? computedBytes(question),
    kvBytesPerToken: 2 * shape.layers * shape.kvHeads * shape.headSize * kvBytes,
    splits: splits.map((split) => fitSplit(question, split)),
  }
}

function divisors(number: number): number[] {
  return Array.from({ length: number }, (_, i) => i + 1).filter((one) => number % one === 0)
}

/** Bytes of so many parameters of the layers, and of the embeddings. */
function bytesOf(
  { weightBytes, quantisation }: FitQuestion,
  inner: number,
  outer: number,
  norms: number,
): number {
  const quantised = quantisation === undefined ? weightBytes : quantisation.bits / 8
  return (
    inner * quantised +
    outer * (quantisation?.embeddings === true ? quantised : weightBytes) +
    norms * weightBytes
  )
}

function computedBytes(question: FitQuestion): number {
  const { shape } = question
  const { attention, keyValue, feedForward, whole } = layerParameters(shape)
  const inner = shape.layers * (attention + keyValue + feedForward)
  const outer = inputParameters(shape) + (shape.tied ? 0 : outputParameters(shape))
  return bytesOf(question, inner, outer, shape.layers * whole + shape.finalNormVectors * shape.hidden)
}

/** Why engines refuse a split; `undefined` when they do not. */
function refusal(
  { layers, heads, kvHeads, feedForward }: ModelShape,
  { tensor, pipeline }: Split,
): string | undefined {
  if (heads % tensor !== 0) return `${heads} heads do not divide by ${tensor}`
  if (kvHeads % tensor !== 0 && tensor % kvHeads !== 0)
    return `${kvHeads} KV heads do not divide by ${tensor}`
  if (feedForward % tensor !== 0) return `a feed-forward width of ${feedForward} does not divide by ${tensor}`
  return pipeline > layers ? `${layers} layers are fewer than ${pipeline} stages` : undefined
}

function fitSplit(question: FitQuestion, split: Split): SplitFit {
  const { gpus, memoryFraction, overheadGib, shape, context, kvBytes } = question
  const why = refusal(shape, split)
  // The fullest stage of a pipeline decides.
  const layers = Math.ceil(shape.layers / split.pipeline)
  // With more GPUs than KV heads, each keeps one of its own: copies.
  const kvHeads = Math.ceil(shape.kvHeads / split.tensor)
  const kvBytesPerToken = 2 * layers * kvHeads * shape.headSize * kvBytes
  const weightsGib = gpuWeightsBytes(question, split, layers, kvHeads) / gib
  const kvGib = gpus.gib * memoryFraction - overheadGib - weightsGib
  const tokens = why === undefined ? Math.max(0, Math.floor((kvGib * gib) / kvBytesPerToken)) : 0
  const requests = Math.floor(tokens / context)
  return {
    ...split,
    state: why !== undefined ? 'indivisible' : kvGib <= 0 ? 'weights' : requests === 0 ? 'context' : 'fits',
    ...(why === undefined ? {} : { why }),
    weightsGib,
    kvGib,
    kvBytesPerToken,
    tokensPerReplica: tokens,
    tokensInAll: tokens * split.replicas,
    requestsPerReplica: requests,
    requestsInAll: requests * split.replicas,
  }
}

/** Weights on the fullest GPU. */
function gpuWeightsBytes(
  question: FitQuestion,
  { tensor, pipeline }: Split,
  layers: number,
  kvHeads: number,
): number {
  const { shape } = question
  const { attention, keyValue, feedForward, whole } = layerParameters(shape)
  const inner = layers * ((attention + feedForward) / tensor + (keyValue * kvHeads) / shape.kvHeads)
  const input = inputParameters(shape)
  const output = outputParameters(shape)
  // One stage has both ends; of several the first has the embedding and the last the output matrix.
  const outer = pipeline === 1 ? input + (shape.tied ? 0 : output) : Math.max(input, output)
  const bytes = bytesOf(
    question,
    inner,
    outer / tensor,
    layers * whole + shape.finalNormVectors * shape.hidden,
  )
  if (question.fileBytes === undefined) return bytes
  // Of a file only the size is known: the same share of it as of the weights.
  return (bytes * question.fileBytes) / computedBytes(question)
}
