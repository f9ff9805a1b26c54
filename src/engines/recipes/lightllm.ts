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
  option,
  quantised,
} from './words.ts'

function flags(options: LaunchOptions): readonly string[] {
  return [
    ...option('--tp', options.tensorParallel ?? 1),
    ...option('--max_total_token_num', options.kvTokens),
    ...option('--mem_fraction', options.memoryFraction),
    ...option('--batch_max_tokens', options.tokenBudget),
    ...option('--max_req_total_len', options.contextTokens),
    ...option('--running_max_req_size', batchLimit(options)),
    ...option('--data_type', options.dtype),
    ...quantised(
      options,
      { smoothquant: ['--quant_type', 'w8a8'], fp8: ['--quant_type', 'fp8w8a8'] },
      '--quant_type',
    ),
    ...(options.prefixCache === false ? ['--disable_dynamic_prompt_cache'] : []),
    ...(options.chunkedPrefill === false ? ['--disable_chunked_prefill'] : []),
  ]
}

export const lightllm: Recipe = {
  name: 'lightllm',
  summary: 'LightLLM’s own server',
  options: {
    model: 'a folder of weights in Hugging Face’s format',
    dtype: '--data_type: fp16, bf16',
    quantisation: '--quant_type: none, awq, fp8, smoothquant (w8a8) …',
    tensorParallel: '--tp; 1 when absent',
    kvTokens: '--max_total_token_num',
    memoryFraction: '--mem_fraction',
    tokenBudget: '--batch_max_tokens',
    contextTokens: '--max_req_total_len',
    maxBatch: '--running_max_req_size',
    prefixCache: 'false is --disable_dynamic_prompt_cache',
    chunkedPrefill: 'false is --disable_chunked_prefill',
    batching: 'off is --running_max_req_size 1',
    python: 'a Python that has lightllm',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use kvTokens, or memoryFraction.', pipelineParallel: 'It has none.' },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['lightllm', 'openai-chat', 'openai-completions'],
  command: (options, { port, python }) => ({
    words: [
      ...[python, '-m', 'lightllm.server.api_server', '--model_dir', options.model ?? ''],
      ...['--host', host, '--port', String(port), ...flags(options), ...(options.args ?? [])],
    ],
    env: { ...options.env },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    return gpuContainer(options, place, {
      image: 'ghcr.io/modeltc/lightllm',
      tag: 'main',
      port: 8000,
      entrypoint: ['python', '-m', 'lightllm.server.api_server'],
      words: ['--model_dir', path, '--host', '0.0.0.0', '--port', '8000', ...flags(options)],
      mounts,
      shmGib: 32,
    })
  },
  install: 'runtime: docker, or a Python that has lightllm as option python.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'package', name: 'lightllm' },
  biases: [
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'the prompt cache is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
    {
      when: ({ kvTokens }) => kvTokens === undefined,
      text: 'the KV cache takes 80 % of the memory by default (kvTokens or memoryFraction set it)',
    },
  ],
  versions: [
    'The first public version (July 2023) knows --model_dir, --tp, --max_total_token_num and --tokenizer_mode alone.',
    'max_new_tokens is 16 when absent in 2023, 65,535 today.',
  ],
  patienceS: 20,
}
