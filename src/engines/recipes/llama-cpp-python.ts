import type { Recipe } from '../recipe.ts'
import { commonOptions, gpuOptions, host, option, shortName } from './words.ts'

export const llamaCppPython: Recipe = {
  name: 'llama-cpp-python',
  summary: 'llama-cpp-python’s own server: one request at a time',
  options: {
    model: 'a GGUF file',
    contextTokens: '--n_ctx; 2,048 when absent',
    threads: '--n_threads',
    prefixCache: 'true is --cache true',
    tokenBudget: '--n_batch: prompt tokens computed in one step',
    python: 'a Python that has llama-cpp-python[server]',
    ...gpuOptions,
    ...commonOptions,
  },
  refusals: {
    maxBatch: 'It computes one request at a time.',
    batching: 'It computes one request at a time.',
    dtype: 'It is a property of the GGUF file: choose another file.',
    quantisation: 'It is a property of the GGUF file: choose another file.',
  },
  batching: ['off'],
  required: ['model'],
  models: ['gemma-3-270m', 'assay-bigram'],
  dialects: ['openai-completions', 'openai-chat'],
  modelName: shortName,
  command: (options, { port, python }) => ({
    words: [
      ...[
        python,
        '-m',
        'llama_cpp.server',
        '--model',
        options.model ?? '',
        '--model_alias',
        shortName(options),
      ],
      ...['--host', host, '--port', String(port)],
      // Else a second request cuts the first one short.
      ...['--interrupt_requests', 'false'],
      ...['--n_gpu_layers', options.gpus === undefined ? '0' : '-1'],
      ...option('--n_ctx', options.contextTokens),
      ...option('--n_batch', options.tokenBudget),
      ...option('--n_threads', options.threads),
      ...(options.prefixCache === true ? ['--cache', 'true'] : []),
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }),
  install: 'A Python with llama-cpp-python[server] as option python.',
  verified: { kind: 'not' },
  ready: { path: '/v1/models', timeoutS: 300 },
  version: { kind: 'package', name: 'llama-cpp-python' },
  biases: [
    { text: 'requests are computed one after another, and wait for each other' },
    { text: 'what a prompt shares with the one before is computed once, and that cannot be turned off' },
    { text: 'streams state no token counts' },
  ],
}
