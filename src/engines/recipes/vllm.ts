import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
import {
  batchLimit,
  commonOptions,
  containerOptions,
  either,
  gpuContainer,
  gpuOptions,
  host,
  modelIn,
  offline,
  option,
  shortName,
} from './words.ts'

const bytesPerGib = 2 ** 30

/** What `vllm serve` and vLLM inside our own front end share. */
export const vllmArguments = (options: LaunchOptions): readonly string[] => [
  ...option('--dtype', options.dtype),
  ...option('--quantization', options.quantisation),
  ...option('--max-model-len', options.contextTokens),
  ...option('--max-num-seqs', batchLimit(options)),
  ...option(
    '--kv-cache-memory-bytes',
    options.kvMemory === undefined ? undefined : Math.round(options.kvMemory * bytesPerGib),
  ),
  ...option('--gpu-memory-utilization', options.memoryFraction),
  ...option('--max-num-batched-tokens', options.tokenBudget),
  ...option('--tensor-parallel-size', options.tensorParallel),
  ...option('--pipeline-parallel-size', options.pipelineParallel),
  ...option('--data-parallel-size', options.dataParallel),
  ...either(options.prefixCache, ['--enable-prefix-caching'], ['--no-enable-prefix-caching']),
  ...either(options.chunkedPrefill, ['--enable-chunked-prefill'], ['--no-enable-chunked-prefill']),
]

/** The environment of both. */
export const vllmEnvironment = (options: LaunchOptions): Readonly<Record<string, string>> => ({
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
  ...offline(options),
})

export const vllmOptions = {
  model: 'a folder or a name of the model hub',
  dtype: '--dtype: auto, float16, bfloat16, float32',
  quantisation: '--quantization: awq, gptq, fp8, bitsandbytes …',
  maxBatch: '--max-num-seqs',
  kvMemory: '--kv-cache-memory-bytes',
  memoryFraction: '--gpu-memory-utilization',
  tokenBudget: '--max-num-batched-tokens',
  prefixCache: '--enable-prefix-caching, --no-enable-prefix-caching',
  chunkedPrefill: '--enable-chunked-prefill, --no-enable-chunked-prefill',
  tensorParallel: '--tensor-parallel-size',
  pipelineParallel: '--pipeline-parallel-size',
  dataParallel: '--data-parallel-size',
  contextTokens: '--max-model-len',
} as const

export const vllmRefusals = {
  threads: 'vLLM binds its own threads: set VLLM_CPU_OMP_THREADS_BIND with env.',
  binary: 'Give the Python that has vLLM as option python.',
} as const

export const prefixCacheBias = {
  when: ({ prefixCache }: LaunchOptions) => prefixCache === undefined,
  text: 'prefix caching is on by default: what prompts share is computed once (prefixCache: false turns it off)',
}

export const vllm: Recipe = {
  name: 'vllm',
  summary: 'vLLM’s own server (vllm serve)',
  options: {
    ...vllmOptions,
    batching: 'off is --max-num-seqs 1',
    python: 'a Python that has vLLM',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: vllmRefusals,
  batching: ['continuous', 'off'],
  required: ['model'],
  environment: 'vllm',
  models: ['tiny'],
  dialects: ['openai-completions', 'openai-chat', 'openai-responses', 'anthropic-messages', 'vllm-tokens'],
  modelName: shortName,
  command: (options, { port, python, script }) => ({
    words: [
      ...[python, script('vllm_run.py'), 'serve', options.model ?? ''],
      ...['--host', host, '--port', String(port), '--served-model-name', shortName(options)],
      // The model's own folder may bring sampling defaults, and a cap on the length with them.
      ...['--generation-config', 'vllm'],
      ...vllmArguments(options),
      ...(options.args ?? []),
    ],
    env: { ...vllmEnvironment(options), ...options.env },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    return gpuContainer(options, place, {
      image: 'vllm/vllm-openai',
      tag: 'v0.11.0',
      port: 8000,
      // Its entry point is `vllm serve`.
      words: [
        ...[path, '--host', '0.0.0.0', '--port', '8000', '--served-model-name', shortName(options)],
        ...['--generation-config', 'vllm', ...vllmArguments(options)],
      ],
      mounts,
      env: vllmEnvironment(options),
      ipc: 'host',
    })
  },
  install:
    'assay engines setup vllm (CPU), or runtime: docker. For a GPU install vLLM as its own pages say, and give its Python as option python.',
  verified: { kind: 'real', version: 'vllm-cpu 0.32.0', date: 'November 2026' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'page', path: '/version', key: 'version' },
  biases: [
    prefixCacheBias,
    {
      when: ({ maxBatch, batching }) => maxBatch === undefined && batching !== 'off',
      text: 'the most requests at a time depend on the GPU’s memory: 256 or 1,024 (maxBatch sets them)',
    },
  ],
  versions: [
    'Prefix caching and chunked prefill are on by default since the engine V1 (0.8).',
    '--disable-log-requests was needed before logging of requests became --enable-log-requests.',
    'Images of 2023 and 2024 take --model M where newer ones take the model as first argument.',
  ],
  patienceS: 20,
  traps: [
    'The CPU build is named vllm-cpu: vLLM’s own command line does not find its version there, so Assay starts it through a few lines of its own.',
    'The CPU build does not start beside torchvision, torchaudio and torchcodec for CUDA: `setup` removes them.',
    'On a CPU its processes spin on every core that they may use: give it cores of its own, and Assay others (`cores: "1"`, `taskset -c 0 assay run …`).',
    'Starting without `--enforce-eager` compiles for minutes on a CPU: `args: [--enforce-eager]`.',
    'The first chat request takes seconds more than the second: warm up the route that is measured.',
  ],
}
