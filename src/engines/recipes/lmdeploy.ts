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
    ...['--model-name', shortName(options)],
    ...option('--dtype', options.dtype),
    ...quantised(
      options,
      { 'kv-int8': ['--quant-policy', '8'], 'kv-int4': ['--quant-policy', '4'] },
      '--model-format',
    ),
    ...option('--tp', options.tensorParallel),
    ...option('--dp', options.dataParallel),
    ...option('--session-len', options.contextTokens),
    ...option('--max-batch-size', batchLimit(options)),
    ...option('--max-prefill-token-num', options.tokenBudget),
    ...option('--cache-max-entry-count', options.memoryFraction),
    ...(options.prefixCache === true ? ['--enable-prefix-caching'] : []),
  ]
}

export const lmdeploy: Recipe = {
  name: 'lmdeploy',
  summary: 'LMDeploy’s api_server',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: '--dtype: auto, float16, bfloat16',
    quantisation: '--model-format: none, awq, gptq, fp8 …; kv-int8 and kv-int4 are --quant-policy 8 and 4',
    tensorParallel: '--tp',
    dataParallel: '--dp',
    contextTokens: '--session-len',
    maxBatch: '--max-batch-size',
    tokenBudget: '--max-prefill-token-num',
    memoryFraction: '--cache-max-entry-count: share of the free memory for the KV cache; 0.8 when absent',
    prefixCache: 'true is --enable-prefix-caching',
    batching: 'off is --max-batch-size 1',
    binary: 'path of lmdeploy; absent: looked for in PATH',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use memoryFraction.', pipelineParallel: 'It has none.' },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['openai-completions', 'openai-chat', 'lmdeploy-generate'],
  modelName: shortName,
  command: (options, { port }) => ({
    words: [
      ...[options.binary ?? 'lmdeploy', 'serve', 'api_server', options.model ?? ''],
      ...['--server-name', host, '--server-port', String(port), ...flags(options), ...(options.args ?? [])],
    ],
    env: { ...offline(options), ...options.env },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    return gpuContainer(options, place, {
      image: 'openmmlab/lmdeploy',
      tag: 'v0.10.1',
      port: 23_333,
      words: ['lmdeploy', 'serve', 'api_server', path, '--server-name', '0.0.0.0', ...flags(options)],
      mounts,
      ipc: 'host',
    })
  },
  install: 'runtime: docker, or an lmdeploy that you have as option binary.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'package', name: 'lmdeploy' },
  biases: [
    {
      when: ({ prefixCache }) => prefixCache !== true,
      text: 'prefix caching is off: other engines have theirs on by default',
    },
    {
      text: 'its two engines, TurboMind and PyTorch, differ in speed under the same flags (args: [--backend, pytorch])',
    },
  ],
  versions: ['/metrics came in July 2025 behind --enable-metrics, and is on by default since November 2025.'],
  patienceS: 20,
}
