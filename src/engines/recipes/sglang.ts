import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
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
  quantised,
  shortName,
} from './words.ts'

function flags(options: LaunchOptions): readonly string[] {
  return [
    ...['--served-model-name', shortName(options), '--enable-metrics', '--enable-cache-report'],
    ...option('--dtype', options.dtype),
    ...quantised(
      options,
      { 'bitsandbytes-4bit': ['--quantization', 'bitsandbytes', '--load-format', 'bitsandbytes'] },
      '--quantization',
    ),
    ...option('--tp-size', options.tensorParallel),
    ...option('--pp-size', options.pipelineParallel),
    ...option('--dp-size', options.dataParallel),
    ...option('--mem-fraction-static', options.memoryFraction),
    ...option('--max-total-tokens', options.kvTokens),
    ...option('--max-running-requests', batchLimit(options)),
    ...option('--max-prefill-tokens', options.tokenBudget),
    ...(options.chunkedPrefill === false ? ['--chunked-prefill-size', '-1'] : []),
    ...option('--context-length', options.contextTokens),
    ...(options.prefixCache === false ? ['--disable-radix-cache'] : []),
  ]
}

export const sglang: Recipe = {
  name: 'sglang',
  summary: 'SGLang’s own server',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: '--dtype: auto, float16, bfloat16, float32',
    quantisation: '--quantization: none, bitsandbytes-4bit, gptq, awq, fp8 …',
    tensorParallel: '--tp-size',
    pipelineParallel: '--pp-size',
    dataParallel: '--dp-size',
    memoryFraction: '--mem-fraction-static',
    kvTokens: '--max-total-tokens',
    maxBatch: '--max-running-requests',
    tokenBudget: '--max-prefill-tokens',
    chunkedPrefill: 'false is --chunked-prefill-size -1',
    contextTokens: '--context-length',
    prefixCache: 'false is --disable-radix-cache',
    batching: 'off is --max-running-requests 1',
    python: 'a Python that has sglang',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use kvTokens, or memoryFraction.' },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['sglang-generate', 'openai-chat', 'openai-completions'],
  modelName: shortName,
  command: (options, { port, python }) => ({
    words: [
      ...[python, '-m', 'sglang.launch_server', '--model-path', options.model ?? ''],
      ...['--host', host, '--port', String(port), ...flags(options), ...(options.args ?? [])],
    ],
    env: { ...offline(options), ...options.env },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    return gpuContainer(options, place, {
      image: 'lmsysorg/sglang',
      tag: 'v0.5.3',
      port: 30_000,
      entrypoint: ['python3', '-m', 'sglang.launch_server'],
      words: ['--model-path', path, '--host', '0.0.0.0', '--port', '30000', ...flags(options)],
      mounts,
      shmGib: 32,
      ipc: 'host',
    })
  },
  install: 'runtime: docker, or a Python that has sglang as option python.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'page', path: '/server_info', key: 'version' },
  biases: [
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'the radix cache is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
    { text: 'its token counters move when a request has ended, not while it runs' },
  ],
  versions: [
    '/get_server_info became /server_info, /get_model_info /model_info.',
    '--stream-output became --incremental-streaming-output.',
    'sglang:time_per_output_token_seconds became inter_token_latency_seconds in 2025.',
  ],
  patienceS: 20,
}
