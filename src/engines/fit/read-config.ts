import { AssayError } from '../../model/errors.ts'
import type { ModelShape } from './model-shape.ts'
import { llamaLike } from './models.ts'
import { type QuantisationName, quantisations } from './number-types.ts'

/** A model as its own files describe it. */
export interface DescribedModel {
  readonly shape: ModelShape
  /** Size of its weights on disk, where that is what counts. */
  readonly fileBytes?: number
  readonly quantisation?: QuantisationName
  readonly notes: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/** How a family differs from Llama. */
const families: Readonly<Record<string, Partial<ModelShape>>> = {
  llama: {},
  mistral: {},
  phi3: {},
  mixtral: { experts: 8 },
  qwen2: { bias: 'query-key-value' },
  qwen3: { headNorms: 2 },
  qwen3_moe: { headNorms: 2 },
  gemma: { tied: true },
  gemma2: { tied: true, normVectors: 4 },
  gemma3_text: { tied: true, normVectors: 4, headNorms: 2 },
  opt: { tied: true, gated: false, normVectors: 4, finalNormVectors: 2, bias: 'all' },
  phi: { gated: false, normVectors: 2, finalNormVectors: 2, bias: 'all-and-output' },
}

/** Its keys and values are stored in another way: the formula would be wrong by an order of magnitude. */
const latentAttention = ['deepseek_v2', 'deepseek_v3', 'kimi_k2', 'minicpm3']

/** Reads what a config.json of Hugging Face states. Throws `fit-model` when it lacks what is needed. */
export function readConfig(text: string, path: string): DescribedModel {
  let config: Fields
  try {
    config = JSON.parse(text) as Fields
  } catch (cause) {
    throw new AssayError('fit-model', `${path} is no JSON.`, {
      hint: 'Give the config.json of a model.',
      cause,
    })
  }
  if (typeof config !== 'object' || config === null) throw missing(path, 'model_type')
  const type = String(config.model_type ?? '')
  if (latentAttention.includes(type)) {
    throw new AssayError(
      'fit-model',
      `${path}: models of type ${type} cache a compressed form of keys and values.`,
      {
        hint: 'Their memory is not computed here: ask the engine, which says how many tokens it has room for.',
      },
    )
  }
  const need = (...names: readonly string[]): number => {
    const found = optional(config, ...names)
    if (found === undefined) throw missing(path, names[0] ?? '')
    return found
  }
  const family = families[type]
  const hidden = need('hidden_size', 'n_embd', 'd_model')
  const heads = need('num_attention_heads', 'n_head')
  const experts =
    optional(config, 'num_local_experts', 'num_experts', 'n_routed_experts') ?? family?.experts ?? 1
  if (family === undefined && experts > 1) {
    throw new AssayError(
      'fit-model',
      `${path}: how models of type "${type}" lay out their experts is not known here.`,
      {
        hint: 'Mixtures of experts that are: mixtral, qwen3_moe.',
      },
    )
  }
  const maxContext = optional(config, 'max_position_embeddings', 'n_positions', 'max_seq_len') ?? 4096
  const shape: ModelShape = {
    ...llamaLike,
    layers: need('num_hidden_layers', 'n_layer'),
    hidden,
    heads,
    kvHeads: optional(config, 'num_key_value_heads') ?? heads,
    headSize: optional(config, 'head_dim') ?? hidden / heads,
    feedForward:
      type === 'qwen3_moe' ? need('moe_intermediate_size') : need('intermediate_size', 'ffn_dim', 'n_inner'),
    vocabulary: need('vocab_size'),
    maxContext,
    ...family,
    ...(typeof config.tie_word_embeddings === 'boolean' ? { tied: config.tie_word_embeddings } : {}),
    experts,
    ...(type === 'opt' ? { positions: maxContext + 2 } : {}),
  }
  const quantisation = quantisationOf(config.quantization_config)
  return {
    shape,
    ...(quantisation === undefined ? {} : { quantisation }),
    notes: family === undefined ? [`models of type "${type}" are counted as a Llama of these sizes`] : [],
  }
}

function optional(config: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = config[name]
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  }
  return undefined
}

function quantisationOf(config: unknown): QuantisationName | undefined {
  const { quant_method, load_in_4bit } = (config ?? {}) as Fields
  if (quant_method === 'bitsandbytes') return load_in_4bit === true ? 'nf4' : 'int8'
  const name = String(quant_method ?? '')
  return Object.hasOwn(quantisations, name) ? (name as QuantisationName) : undefined
}

function missing(path: string, name: string): AssayError {
  return new AssayError('fit-model', `${path} has no "${name}".`, {
    hint: 'Give the config.json of a text model; of one that also sees, its part "text_config" in a file of its own.',
  })
}
