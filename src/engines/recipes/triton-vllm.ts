import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe, WrittenFile } from '../recipe.ts'
import { configPbtxt } from './triton/config-pbtxt.ts'
import { tritonPorts } from './triton/python-model.ts'
import { tritonCommand, tritonContainer } from './triton/server.ts'
import { batchLimit, commonOptions, containerOptions, gpuOptions, modelIn } from './words.ts'

const modelName = 'vllm_model'

/** vLLM's engine arguments, as the back end reads them. Absent ones are vLLM's own default, not those of the sample. */
function engineArguments(options: LaunchOptions): Readonly<Record<string, unknown>> {
  const { runtime, model } = options
  const all = {
    model: runtime === 'docker' ? modelIn(options).path : model,
    dtype: options.dtype,
    quantization: options.quantisation === 'none' ? undefined : options.quantisation,
    tensor_parallel_size: options.tensorParallel,
    pipeline_parallel_size: options.pipelineParallel,
    gpu_memory_utilization: options.memoryFraction ?? 0.9,
    max_num_seqs: batchLimit(options),
    max_num_batched_tokens: options.tokenBudget,
    max_model_len: options.contextTokens,
    enable_prefix_caching: options.prefixCache,
    enable_chunked_prefill: options.chunkedPrefill,
    // Without it the metrics page has nothing of vLLM's.
    disable_log_stats: false,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

const files = (options: LaunchOptions): readonly WrittenFile[] => [
  {
    path: `models/${modelName}/config.pbtxt`,
    text: configPbtxt({
      name: modelName,
      backend: 'vllm',
      maxBatchSize: 0,
      decoupled: true,
      inputs: [
        { name: 'text_input', type: 'STRING', dims: [1] },
        { name: 'stream', type: 'BOOL', dims: [1], optional: true },
        { name: 'sampling_parameters', type: 'STRING', dims: [1], optional: true },
        ...[
          'exclude_input_in_output',
          'return_finish_reason',
          'return_cumulative_logprob',
          'return_logprobs',
        ].map((name) => ({ name, type: 'BOOL', dims: [1], optional: true }) as const),
        ...['return_num_input_tokens', 'return_num_output_tokens'].map(
          (name) => ({ name, type: 'BOOL', dims: [1], optional: true }) as const,
        ),
      ],
      outputs: [
        { name: 'text_output', type: 'STRING', dims: [-1] },
        { name: 'finish_reason', type: 'STRING', dims: [-1] },
        { name: 'cumulative_logprob', type: 'FP32', dims: [-1] },
        { name: 'logprobs', type: 'STRING', dims: [-1] },
        { name: 'num_input_tokens', type: 'UINT32', dims: [1] },
        { name: 'num_output_tokens', type: 'UINT32', dims: [-1] },
      ],
      instances: { count: 1, kind: 'MODEL' },
      parameters: { REPORT_CUSTOM_METRICS: 'true' },
    }),
  },
  {
    path: `models/${modelName}/1/model.json`,
    text: `${JSON.stringify(engineArguments(options), null, 2)}\n`,
  },
]

export const tritonVllm: Recipe = {
  name: 'triton-vllm',
  summary: 'NVIDIA Triton with vLLM as back end',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: 'dtype of vLLM’s engine arguments',
    quantisation: 'quantization: none, awq, gptq, fp8, bitsandbytes …',
    tensorParallel: 'tensor_parallel_size',
    pipelineParallel: 'pipeline_parallel_size',
    memoryFraction: 'gpu_memory_utilization; 0.9 when absent, as vLLM by itself',
    maxBatch: 'max_num_seqs',
    tokenBudget: 'max_num_batched_tokens',
    contextTokens: 'max_model_len',
    prefixCache: 'enable_prefix_caching',
    chunkedPrefill: 'enable_chunked_prefill',
    batching: 'off is max_num_seqs 1',
    binary: 'path of tritonserver; absent: looked for in PATH',
    version: 'release of NVIDIA’s container; 25.08 when absent',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use memoryFraction.', dataParallel: 'Use replicas.' },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['triton-generate', 'kserve-grpc'],
  ports: tritonPorts,
  modelName: () => modelName,
  files,
  command: tritonCommand,
  container: (options, place) =>
    tritonContainer(options, place, {
      release: '25.08',
      flavour: 'vllm-python-py3',
      mounts: modelIn(options).mounts,
    }),
  install: 'runtime: docker, or a tritonserver with the vLLM back end as option binary.',
  verified: { kind: 'not' },
  ready: { path: `/v2/models/${modelName}/ready`, timeoutS: 900 },
  version: { kind: 'page', path: '/v2', key: 'version' },
  biases: [
    {
      text: 'NVIDIA’s sample of the model gives vLLM half of the GPU’s memory; this one gives it what vLLM takes by itself',
    },
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'prefix caching is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
  ],
  versions: [
    'The container exists since 23.10; vLLM’s metrics on Triton’s page since 24.08.',
    'disable_log_requests of the sample is gone from newer vLLM versions, which then refuse to start with it.',
  ],
  patienceS: 30,
}
