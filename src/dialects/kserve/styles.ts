import type { Request } from '../../model/request.ts'
import { withoutIdleFilters } from '../drawing.ts'
import { type SamplingFields, samplingFields } from '../request-fields.ts'
import { vllmSampling } from '../vllm-fields.ts'
import type { ModelConfig } from './model-config.ts'

/** What goes into one tensor; a list where the tensor has several elements. */
export type TensorValue = string | number | boolean | readonly (string | number | boolean)[]
export type Tensors = Readonly<Record<string, TensorValue>>

/** How the models of one back end are asked: names and values of the tensors besides that of the text. */
export interface Style {
  readonly sampling: SamplingFields
  /** Set when the settings lie in one tensor, as a text, rather than each in one of its own. */
  readonly settings?: 'text'
  /** How a length is forced; absent: it cannot be. */
  readonly exactLength?: string
  /** The tensor that forces it, where there is one. */
  readonly minLength?: string
  /** Whether responses after the first may repeat what came before. */
  readonly mayBeCumulative?: true
  /** Tensors that a request cannot do without. Throws `unsupported-sampling`. */
  needed(request: Request, lengthName: string, has: (name: string) => boolean): Tensors
  /** Tensors for models that have them; `streaming`: several responses are wanted, rather than one. */
  optional(request: Request, streaming: boolean): Tensors
}

export const styleNames = ['tensorrt-llm', 'llm-api', 'vllm', 'plain'] as const
export type StyleName = (typeof styleNames)[number]

/** The style of a model, told by its inputs. */
export function styleOf({ inputs }: ModelConfig): StyleName {
  const has = (name: string) => inputs.some((input) => input.name === name)
  if (has('sampling_parameters')) return 'vllm'
  if (has('sampling_param_max_tokens')) return 'llm-api'
  return has('bad_words') || has('end_id') ? 'tensorrt-llm' : 'plain'
}

const engineSampling = {
  // The engine takes no temperature of 0: the likeliest token alone is drawn instead.
  temperature: (temperature) => (temperature === 0 ? { top_k: 1 } : { temperature }),
  topP: 'top_p',
  topK: 'top_k',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  beams: 'beam_width',
  seed: 'random_seed',
  stop: 'stop_words',
  logprobs: () => ({ return_log_probs: true }),
} as const satisfies SamplingFields

const counts = { return_finish_reason: true, return_num_input_tokens: true, return_num_output_tokens: true }

/** TensorRT-LLM's engine behind Triton: the models `ensemble` and `tensorrt_llm_bls`. */
const tensorrtLlm: Style = {
  sampling: engineSampling,
  exactLength: 'min_length: N',
  minLength: 'min_length',
  needed: ({ output, sampling }, lengthName) => ({
    [lengthName]: output.tokens,
    ...(samplingFields('tensorrt-llm', engineSampling, withoutIdleFilters(sampling)) as Tensors),
  }),
  optional: ({ output, sampling }, streaming) => ({
    stream: streaming,
    // Old versions need both; empty they do nothing.
    bad_words: '',
    ...(sampling.stop === undefined ? { stop_words: '' } : {}),
    ...(output.mode === 'exact' ? { min_length: output.tokens } : {}),
    exclude_input_in_output: true,
  }),
}

const llmApiSampling = {
  temperature: 'sampling_param_temperature',
  topP: 'sampling_param_top_p',
  topK: 'sampling_param_top_k',
  presencePenalty: 'sampling_param_presence_penalty',
  frequencyPenalty: 'sampling_param_frequency_penalty',
  seed: 'sampling_param_seed',
  stop: 'sampling_param_stop',
} as const satisfies SamplingFields

/** TensorRT-LLM's LLM API behind Triton. */
const llmApi: Style = {
  sampling: llmApiSampling,
  mayBeCumulative: true,
  needed: ({ output, sampling }) => ({
    sampling_param_max_tokens: output.tokens,
    ...(samplingFields('llm-api', llmApiSampling, sampling) as Tensors),
  }),
  optional: (_, streaming) => ({
    streaming,
    sampling_param_exclude_input_from_output: true,
    return_finish_reason: true,
  }),
}

/** vLLM behind Triton. */
const vllm: Style = {
  sampling: vllmSampling,
  settings: 'text',
  exactLength: 'ignore_eos: true',
  needed: ({ output, sampling }) => ({
    sampling_parameters: JSON.stringify({
      max_tokens: output.tokens,
      ...(output.mode === 'exact' ? { ignore_eos: true } : {}),
      ...samplingFields('vllm', vllmSampling, sampling),
    }),
  }),
  optional: (_, streaming) => ({
    stream: streaming,
    // Streams leave it out, and refuse to be asked for it.
    ...(streaming ? {} : { exclude_input_in_output: true }),
    ...counts,
  }),
}

/** Any other model: the engine's names and vLLM's, as far as it has them. */
const plain: Style = {
  ...tensorrtLlm,
  // A model that cannot be told how to draw is taken to draw nothing, which is what a temperature of 0 asks for.
  needed: (request, lengthName, has) => {
    const { temperature } = request.sampling
    if (temperature !== 0 || has('top_k')) return tensorrtLlm.needed(request, lengthName, has)
    const { temperature: _, ...sampling } = withoutIdleFilters(request.sampling)
    return {
      ...tensorrtLlm.needed({ ...request, sampling }, lengthName, has),
      ...(has('temperature') ? { temperature } : {}),
    }
  },
  optional: (request, streaming) => ({ ...tensorrtLlm.optional(request, streaming), ...counts }),
}

export const styles: Readonly<Record<StyleName, Style>> = {
  'tensorrt-llm': tensorrtLlm,
  'llm-api': llmApi,
  vllm,
  plain,
}
