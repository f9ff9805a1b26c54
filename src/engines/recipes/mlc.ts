import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
import { batchLimit, commonOptions, gpuOptions, host, option } from './words.ts'

/** Settings of its engine, in one argument. */
function overrides(options: LaunchOptions): readonly string[] {
  const all = {
    max_num_sequence: batchLimit(options),
    max_total_seq_length: options.kvTokens,
    context_window_size: options.contextTokens,
    prefill_chunk_size: options.tokenBudget,
    tensor_parallel_shards: options.tensorParallel,
    gpu_memory_utilization: options.memoryFraction,
  }
  const given = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  )
  return given.length === 0 ? [] : ['--overrides', given.join(';')]
}

export const mlc: Recipe = {
  name: 'mlc',
  summary: 'MLC-LLM’s own server, over a compiled model',
  options: {
    model: 'a folder with MLC’s weights, or a name of the model hub',
    maxBatch: 'max_num_sequence',
    kvTokens: 'max_total_seq_length',
    contextTokens: 'context_window_size',
    tokenBudget: 'prefill_chunk_size',
    tensorParallel: 'tensor_parallel_shards',
    memoryFraction: 'gpu_memory_utilization',
    prefixCache: '--prefix-cache-mode: radix, disable',
    chunkedPrefill: '--prefill-mode: true is chunked, false hybrid',
    batching: 'off is max_num_sequence=1',
    python: 'a Python that has mlc_llm',
    ...gpuOptions,
    ...commonOptions,
  },
  refusals: {
    quantisation: 'It is a property of the compiled model: q4f16_1 and the like stand in its name.',
    dtype: 'It is a property of the compiled model.',
    kvMemory: 'Use kvTokens, or memoryFraction.',
  },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['openai-completions', 'openai-chat'],
  command: (options, { port, python }) => ({
    words: [
      ...[python, '-m', 'mlc_llm', 'serve', options.model ?? '', '--host', host, '--port', String(port)],
      // Its default mode, local, is made for one user; debugging is what lets a length be forced.
      ...['--mode', 'server', '--enable-debug'],
      ...option('--prefix-cache-mode', modeOf(options.prefixCache, 'radix', 'disable')),
      ...option('--prefill-mode', modeOf(options.chunkedPrefill, 'chunked', 'hybrid')),
      ...overrides(options),
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }),
  install: 'A Python with mlc_llm as option python.',
  verified: { kind: 'not' },
  ready: { path: '/v1/models', timeoutS: 600 },
  version: { kind: 'package', name: 'mlc-llm' },
  endsEarly: true,
  biases: [
    { text: 'its default mode, local, holds few requests: Assay starts it in mode server' },
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'the radix cache is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
    { text: 'a length is forced by debug_config: {ignore_eos: true} in the body of the target alone' },
  ],
  traps: ['The compiled model fixes its context and over how many GPUs it is spread.'],
}

function modeOf(value: boolean | undefined, yes: string, no: string): string | undefined {
  if (value === undefined) return undefined
  return value ? yes : no
}
