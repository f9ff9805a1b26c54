/** A tensor as a model's configuration states it. */
interface Tensor {
  readonly name: string
  readonly data_type: string
  readonly dims: readonly number[]
  readonly optional: boolean
}

/** How the models of one back end are asked, and what their responses hold. */
export interface TritonModel {
  readonly backend: string
  readonly platform: string
  readonly maxBatchSize: number
  readonly decoupled: boolean
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly { readonly name: string; readonly data_type: string }[]
  /** Input that says whether responses are wanted one by one; absent: they always come so, or never. */
  readonly streamInput?: string
  /** Where the length stands: an input, or a field of a JSON text in an input. */
  readonly length: { readonly input: string; readonly field?: string }
  /** Responses repeat all text so far. */
  readonly cumulative?: true
  /** An answer in one piece begins with the prompt unless this input is true. */
  readonly excludesPrompt?: string
}

const input = (name: string, type: string, optional = true): Tensor => ({
  name,
  data_type: `TYPE_${type}`,
  dims: [1],
  optional,
})
const output = (name: string, type: string) => ({ name, data_type: `TYPE_${type}` })
const text = input('text_input', 'STRING', false)

/** TensorRT-LLM's engine behind its chain of models. */
const ensemble: TritonModel = {
  backend: '',
  platform: 'ensemble',
  maxBatchSize: 64,
  decoupled: true,
  inputs: [
    text,
    input('max_tokens', 'INT32', false),
    ...['stream', 'exclude_input_in_output', 'return_log_probs'].map((name) => input(name, 'BOOL')),
    ...['stop_words', 'bad_words'].map((name) => ({ ...input(name, 'STRING'), dims: [-1] })),
    ...['min_length', 'top_k', 'beam_width', 'end_id', 'pad_id'].map((name) => input(name, 'INT32')),
    ...['temperature', 'top_p', 'repetition_penalty', 'presence_penalty', 'frequency_penalty'].map((name) =>
      input(name, 'FP32'),
    ),
    input('random_seed', 'UINT64'),
  ],
  outputs: [
    output('text_output', 'STRING'),
    output('cum_log_probs', 'FP32'),
    output('sequence_index', 'INT32'),
  ],
  streamInput: 'stream',
  length: { input: 'max_tokens' },
  excludesPrompt: 'exclude_input_in_output',
}

/** TensorRT-LLM's LLM API. */
const llmApi: TritonModel = {
  backend: 'python',
  platform: '',
  maxBatchSize: 0,
  decoupled: true,
  inputs: [
    text,
    input('streaming', 'BOOL'),
    input('sampling_param_max_tokens', 'INT32'),
    ...['sampling_param_temperature', 'sampling_param_top_p'].map((name) => input(name, 'FP32')),
    ...['sampling_param_frequency_penalty', 'sampling_param_presence_penalty'].map((name) =>
      input(name, 'FP32'),
    ),
    input('sampling_param_top_k', 'INT32'),
    input('sampling_param_seed', 'UINT64'),
    { ...input('sampling_param_stop', 'STRING'), dims: [-1] },
    input('sampling_param_exclude_input_from_output', 'BOOL'),
    input('return_finish_reason', 'BOOL'),
  ],
  outputs: [output('text_output', 'STRING'), output('finish_reason', 'STRING')],
  streamInput: 'streaming',
  length: { input: 'sampling_param_max_tokens' },
  cumulative: true,
  excludesPrompt: 'sampling_param_exclude_input_from_output',
}

/** vLLM. */
const vllm: TritonModel = {
  backend: 'vllm',
  platform: '',
  maxBatchSize: 0,
  decoupled: true,
  inputs: [
    text,
    input('stream', 'BOOL'),
    input('sampling_parameters', 'STRING'),
    ...['exclude_input_in_output', 'return_finish_reason', 'return_num_input_tokens'].map((name) =>
      input(name, 'BOOL'),
    ),
    input('return_num_output_tokens', 'BOOL'),
  ],
  outputs: [
    output('text_output', 'STRING'),
    output('finish_reason', 'STRING'),
    output('num_input_tokens', 'UINT32'),
    output('num_output_tokens', 'UINT32'),
  ],
  streamInput: 'stream',
  length: { input: 'sampling_parameters', field: 'max_tokens' },
  excludesPrompt: 'exclude_input_in_output',
}

/** A Python model that streams, and nothing more. */
const streamer: TritonModel = {
  backend: 'python',
  platform: '',
  maxBatchSize: 0,
  decoupled: true,
  inputs: [text, input('max_tokens', 'INT32'), input('min_length', 'INT32'), input('stream', 'BOOL')],
  outputs: [output('text_output', 'STRING')],
  streamInput: 'stream',
  length: { input: 'max_tokens' },
}

/** The same with one response a request. */
const plain: TritonModel = {
  ...streamer,
  decoupled: false,
  inputs: streamer.inputs.filter(({ name }) => name !== 'stream'),
}

/** The models that are served, each in the way of a back end. */
export const tritonModels: Readonly<Record<string, TritonModel>> = {
  ensemble,
  tensorrt_llm: llmApi,
  vllm_model: vllm,
  streamer,
  plain,
}

/** The model of a name; any other name that the server was given is a streamer. */
export function modelNamed(name: string, own: string): TritonModel | undefined {
  if (Object.hasOwn(tritonModels, name)) return tritonModels[name]
  return name === own ? streamer : undefined
}

/** Its configuration, as the server tells it. */
export function configOf(name: string, model: TritonModel): object {
  return {
    name,
    platform: model.platform,
    backend: model.backend,
    version_policy: { latest: { num_versions: 1 } },
    max_batch_size: model.maxBatchSize,
    input: model.inputs,
    output: model.outputs.map((one) => ({ ...one, dims: [1] })),
    instance_group: [{ name: `${name}_0`, kind: 'KIND_CPU', count: 1 }],
    parameters: {},
    model_transaction_policy: { decoupled: model.decoupled },
  }
}

/** Its metadata, as the protocol has them. */
export function metadataOf(name: string, model: TritonModel): object {
  const batch = model.maxBatchSize > 0 ? [-1] : []
  const tensor = (one: { readonly name: string; readonly data_type: string }) => ({
    name: one.name,
    datatype: datatypeOf(one.data_type),
    shape: [...batch, 1],
  })
  return {
    name,
    versions: ['1'],
    platform: model.backend === '' ? model.platform : model.backend,
    inputs: model.inputs.map(tensor),
    outputs: model.outputs.map(tensor),
  }
}

/** "TYPE_STRING" of configurations is "BYTES" of requests. */
export function datatypeOf(type: string): string {
  const name = type.replace(/^TYPE_/, '')
  return name === 'STRING' ? 'BYTES' : name
}
