import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe, WrittenFile } from '../recipe.ts'
import { engineBuild, isCompiled } from './trtllm/engine-build.ts'
import {
  batchLimit,
  commonOptions,
  containerOptions,
  gpuContainer,
  gpuOptions,
  host,
  modelIn,
  offline,
  option,
} from './words.ts'

const settingsFile = 'trtllm.yaml'

/** Settings that have no flag. */
function settings(options: LaunchOptions): string {
  const { prefixCache, memoryFraction, kvTokens } = options
  const cache = [
    ...(prefixCache === undefined ? [] : [`  enable_block_reuse: ${prefixCache}`]),
    ...(memoryFraction === undefined ? [] : [`  free_gpu_memory_fraction: ${memoryFraction}`]),
    ...(kvTokens === undefined ? [] : [`  max_tokens: ${kvTokens}`]),
  ]
  return [
    // Both are needed for what its metrics pages tell.
    'enable_iter_perf_stats: true',
    'return_perf_metrics: true',
    'perf_metrics_max_requests: 1000',
    ...(cache.length === 0 ? [] : ['kv_cache_config:', ...cache]),
    '',
  ].join('\n')
}

function flags(options: LaunchOptions, file: string): readonly string[] {
  return [
    ...['--backend', isCompiled(options) ? 'tensorrt' : 'pytorch'],
    ...option('--tp_size', options.tensorParallel),
    ...option('--pp_size', options.pipelineParallel),
    ...option('--max_batch_size', batchLimit(options)),
    ...option('--max_num_tokens', options.tokenBudget),
    ...option('--max_seq_len', options.contextTokens),
    ...(options.chunkedPrefill === true ? ['--enable_chunked_prefill'] : []),
    ...['--extra_llm_api_options', file],
  ]
}

const files = (options: LaunchOptions): readonly WrittenFile[] => [
  { path: settingsFile, text: settings(options) },
]

export const trtllmServe: Recipe = {
  name: 'trtllm-serve',
  summary: 'TensorRT-LLM’s own server, over PyTorch or over a compiled engine',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: 'of a compiled engine: float16, bfloat16',
    quantisation:
      'of a compiled engine: int8-weight-only, int8-kv, int4-awq, int4-gptq, fp8, smoothquant; absent: PyTorch runs the model as it is',
    tensorParallel: '--tp_size',
    pipelineParallel: '--pp_size',
    maxBatch: '--max_batch_size',
    tokenBudget: '--max_num_tokens',
    contextTokens: '--max_seq_len',
    memoryFraction: 'kv_cache_config.free_gpu_memory_fraction; 0.9 when absent',
    kvTokens: 'kv_cache_config.max_tokens',
    prefixCache: 'kv_cache_config.enable_block_reuse',
    chunkedPrefill: '--enable_chunked_prefill',
    batching: 'off is --max_batch_size 1',
    binary: 'path of trtllm-serve; absent: looked for in PATH',
    python: 'a Python that has tensorrt_llm, for building an engine',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use kvTokens, or memoryFraction.', dataParallel: 'Use replicas.' },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['openai-completions', 'openai-chat'],
  files,
  build: (options, place) => (isCompiled(options) ? engineBuild(options, place) : undefined),
  command: (options, { port, folder }) => ({
    words: [
      ...[options.binary ?? 'trtllm-serve', isCompiled(options) ? `${folder}/engine` : (options.model ?? '')],
      ...(isCompiled(options) ? ['--tokenizer', options.model ?? ''] : []),
      ...['--host', host, '--port', String(port)],
      ...flags(options, `${folder}/${settingsFile}`),
      ...(options.args ?? []),
    ],
    env: { ...offline(options), ...options.env },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    const inside = '/assay'
    return gpuContainer(options, place, {
      image: 'nvcr.io/nvidia/tensorrt-llm/release',
      tag: '1.0.0',
      port: 8000,
      words: [
        ...['trtllm-serve', isCompiled(options) ? `${inside}/engine` : path],
        ...(isCompiled(options) ? ['--tokenizer', path] : []),
        ...['--host', '0.0.0.0', '--port', '8000', ...flags(options, `${inside}/${settingsFile}`)],
      ],
      mounts: [...mounts, { source: place.folder, target: inside, readOnly: true }],
      ipc: 'host',
      ulimits: [
        { name: 'memlock', soft: -1, hard: -1 },
        { name: 'stack', soft: 67_108_864, hard: 67_108_864 },
      ],
    })
  },
  install: 'runtime: docker, or a machine that has TensorRT-LLM.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'page', path: '/version', key: 'version' },
  biases: [
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'block reuse is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
    { text: 'requests with fields that it does not know are refused (400)' },
  ],
  versions: [
    '--extra_llm_api_options is also spelled --config in newer versions.',
    'The backend tensorrt, which runs compiled engines, left the Triton side in July 2026.',
  ],
  patienceS: 30,
}
