import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
import {
  commonOptions,
  containerOptions,
  gpuContainer,
  gpuOptions,
  host,
  isBefore,
  modelIn,
  offline,
  option,
  quantised,
} from './words.ts'

const pinned = '3.3.7'
const image = 'ghcr.io/huggingface/text-generation-inference'

/** Flags after model, host and port. Names changed with version 2.0. */
function flags(options: LaunchOptions): readonly string[] {
  const { version = pinned, contextTokens } = options
  const isOld = isBefore(version, '2.0')
  return [
    ...option('--num-shard', options.tensorParallel),
    ...option('--dtype', options.dtype),
    ...quantised(options, quantisations, '--quantize'),
    ...option(isOld ? '--max-input-length' : '--max-input-tokens', contextTokens),
    ...option('--max-total-tokens', options.kvTokens),
    ...option('--max-batch-prefill-tokens', options.tokenBudget),
    ...option('--max-batch-size', options.batching === 'off' ? 1 : options.maxBatch),
    ...option('--cuda-memory-fraction', options.memoryFraction),
    // Its own limit of 128 refuses the rest with status 429.
    ...['--max-concurrent-requests', '10000'],
  ]
}

const quantisations = {
  'bitsandbytes-8bit': ['--quantize', 'bitsandbytes'],
  'bitsandbytes-4bit': ['--quantize', 'bitsandbytes-nf4'],
} as const

function environment({ prefixCache, chunkedPrefill, env }: LaunchOptions): Record<string, string> {
  return {
    ...(prefixCache === undefined ? {} : { PREFIX_CACHING: prefixCache ? '1' : '0' }),
    ...(chunkedPrefill === undefined ? {} : { PREFILL_CHUNKING: chunkedPrefill ? '1' : '0' }),
    ...env,
  }
}

export const tgi: Recipe = {
  name: 'tgi',
  summary: 'Text Generation Inference, whose development ended in December 2025',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: '--dtype: float16, bfloat16',
    quantisation: '--quantize: none, bitsandbytes-8bit, bitsandbytes-4bit, gptq, awq, fp8, eetq, marlin …',
    tensorParallel: '--num-shard',
    contextTokens: '--max-input-tokens (--max-input-length before 2.0): the longest prompt',
    kvTokens: '--max-total-tokens: prompt and output of one request',
    tokenBudget: '--max-batch-prefill-tokens',
    maxBatch: '--max-batch-size',
    memoryFraction: '--cuda-memory-fraction',
    prefixCache: 'PREFIX_CACHING',
    chunkedPrefill: 'PREFILL_CHUNKING',
    batching: 'off is --max-batch-size 1',
    binary: 'path of text-generation-launcher; absent: looked for in PATH',
    version: `of the flags and the image; ${pinned} when absent`,
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: {
    kvMemory: 'It takes what is left: memoryFraction bounds it.',
    pipelineParallel: 'It has none.',
    dataParallel: 'Use replicas.',
  },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['tgi', 'openai-chat', 'openai-completions'],
  command: (options, { port }) => ({
    words: [
      ...[options.binary ?? 'text-generation-launcher', '--model-id', options.model ?? ''],
      ...['--hostname', host, '--port', String(port), ...flags(options), ...(options.args ?? [])],
    ],
    env: { ...offline(options), ...environment(options) },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    return gpuContainer(options, place, {
      image,
      tag: options.version ?? pinned,
      port: 80,
      words: ['--model-id', path, ...flags(options)],
      mounts,
      env: environment(options),
      shmGib: 1,
    })
  },
  install: 'runtime: docker, or a text-generation-launcher that you have as option binary.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'page', path: '/info', key: 'version' },
  endsEarly: true,
  biases: [
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'prefix caching is on by default since version 3 (prefixCache: false turns it off)',
    },
    { text: 'the length cannot be forced: a model may end its text before the length asked for' },
    { text: 'a request takes at most 4 prompts (--max-client-batch-size)' },
    {
      when: ({ kvTokens, contextTokens }) => kvTokens === undefined && contextTokens === undefined,
      text: 'what a batch may hold is found by a warm-up that depends on the free memory',
    },
  ],
  versions: [
    '--max-input-length became --max-input-tokens with 2.0, and --max-batch-size came with it.',
    'Prefix caching and chunked prefill came with 3.0.',
    'max_new_tokens is 20 when absent in 1.0, 100 in 2.0 and what is left of the context since December 2024.',
  ],
  patienceS: 20,
}
