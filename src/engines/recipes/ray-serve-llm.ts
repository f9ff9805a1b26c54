import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe, WrittenFile } from '../recipe.ts'
import {
  batchLimit,
  commonOptions,
  containerOptions,
  gpuContainer,
  gpuOptions,
  host,
  modelIn,
  offline,
  shortName,
} from './words.ts'

const configFile = 'serve.yaml'
/** Requests that one copy has at a time by default, of Ray's own. */
const defaultOngoing = 64

/** The application as Ray Serve reads it. */
function config(options: LaunchOptions, address: string, port: number | 'PORT', model: string): string {
  const { maxBatch = defaultOngoing, dataParallel = 1 } = options
  const engine = {
    dtype: options.dtype,
    quantization: options.quantisation === 'none' ? undefined : options.quantisation,
    tensor_parallel_size: options.tensorParallel,
    pipeline_parallel_size: options.pipelineParallel,
    gpu_memory_utilization: options.memoryFraction,
    max_num_seqs: batchLimit(options),
    max_num_batched_tokens: options.tokenBudget,
    max_model_len: options.contextTokens,
    enable_prefix_caching: options.prefixCache,
    enable_chunked_prefill: options.chunkedPrefill,
  }
  const given = Object.entries(engine).filter(([, value]) => value !== undefined)
  return [
    'http_options:',
    `  host: ${address}`,
    `  port: ${port}`,
    'applications:',
    '- name: llm',
    '  route_prefix: /',
    '  import_path: ray.serve.llm:build_openai_app',
    '  args:',
    '    llm_configs:',
    '    - model_loading_config:',
    `        model_id: ${JSON.stringify(shortName(options))}`,
    `        model_source: ${JSON.stringify(model)}`,
    ...(given.length === 0
      ? []
      : [
          '      engine_kwargs:',
          ...given.map(([name, value]) => `        ${name}: ${JSON.stringify(value)}`),
        ]),
    '      deployment_config:',
    `        max_ongoing_requests: ${maxBatch}`,
    '        autoscaling_config:',
    // A number that does not move: copies that come and go would be in the measurement.
    `          min_replicas: ${dataParallel}`,
    `          max_replicas: ${dataParallel}`,
    `          target_ongoing_requests: ${maxBatch}`,
    '',
  ].join('\n')
}

const insidePort = 8000
const inside = '/assay'

const files = (options: LaunchOptions, port: number | 'PORT'): readonly WrittenFile[] => {
  const inDocker = options.runtime === 'docker'
  const text = inDocker
    ? config(options, '0.0.0.0', insidePort, modelIn(options).path)
    : config(options, host, port, options.model ?? '')
  return [{ path: configFile, text }]
}

export const rayServeLlm: Recipe = {
  name: 'ray-serve-llm',
  summary: 'Ray Serve LLM, which runs vLLM',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: 'engine_kwargs.dtype',
    quantisation: 'engine_kwargs.quantization',
    tensorParallel: 'engine_kwargs.tensor_parallel_size',
    pipelineParallel: 'engine_kwargs.pipeline_parallel_size',
    dataParallel: 'copies behind Ray’s own router: min_replicas and max_replicas',
    memoryFraction: 'engine_kwargs.gpu_memory_utilization',
    maxBatch: 'engine_kwargs.max_num_seqs and max_ongoing_requests; 64 at Ray when absent',
    tokenBudget: 'engine_kwargs.max_num_batched_tokens',
    contextTokens: 'engine_kwargs.max_model_len',
    prefixCache: 'engine_kwargs.enable_prefix_caching',
    chunkedPrefill: 'engine_kwargs.enable_chunked_prefill',
    batching: 'off is max_num_seqs 1',
    binary: 'path of serve; absent: looked for in PATH',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use memoryFraction.' },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['openai-completions', 'openai-chat'],
  modelName: shortName,
  files: (options, { port }) => files(options, port),
  command: (options, { folder }) => ({
    words: [options.binary ?? 'serve', 'run', `${folder}/${configFile}`, ...(options.args ?? [])],
    env: { RAY_USAGE_STATS_ENABLED: '0', ...offline(options), ...options.env },
  }),
  container: (options, place) =>
    gpuContainer(options, place, {
      image: 'rayproject/ray-llm',
      tag: '2.49.2-py311-cu128',
      port: insidePort,
      words: ['serve', 'run', `${inside}/${configFile}`],
      env: { RAY_USAGE_STATS_ENABLED: '0' },
      mounts: [...modelIn(options).mounts, { source: place.folder, target: inside, readOnly: true }],
      shmGib: 32,
    }),
  install: 'runtime: docker, or a Python environment with ray[llm] whose serve is option binary.',
  verified: { kind: 'not' },
  ready: { path: '/v1/models', timeoutS: 900 },
  version: { kind: 'package', name: 'ray' },
  biases: [
    {
      when: ({ maxBatch }) => maxBatch === undefined,
      text: 'a copy takes 64 requests at a time, where vLLM by itself takes 256 or more (maxBatch sets both)',
    },
    { text: 'Ray’s router and proxy stand before vLLM: their time is part of what is measured' },
  ],
  versions: [
    'RayLLM of 2023 had model files of its own: max_num_seqs 64, max_num_batched_tokens 4,096, gpu_memory_utilization 0.95, and a prompt template on the server’s side.',
    'ray.serve.llm came with Ray 2.44.',
  ],
  patienceS: 30,
}
