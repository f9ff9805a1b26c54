import type { Recipe } from '../recipe.ts'
import { prefixCacheBias, vllmArguments, vllmEnvironment, vllmOptions, vllmRefusals } from './vllm.ts'
import { commonOptions, gpuOptions, host, shortName } from './words.ts'

// Such an old one has no number for it.
const { kvMemory: _, ...options } = vllmOptions

export const vllmLegacy: Recipe = {
  name: 'vllm-legacy',
  summary: 'vLLM’s demo server with /generate, as older benchmarks used it; needs a vLLM that still has it',
  options: {
    ...options,
    batching: 'off is --max-num-seqs 1',
    python: 'a Python that has vLLM of before July 2026',
    ...gpuOptions,
    ...commonOptions,
  },
  refusals: vllmRefusals,
  batching: ['continuous', 'off'],
  required: ['model', 'python'],
  models: [],
  dialects: ['vllm-generate'],
  modelName: shortName,
  command: (options, { port, python }) => ({
    words: [
      ...[python, '-m', 'vllm.entrypoints.api_server', '--model', options.model ?? ''],
      ...['--host', host, '--port', String(port)],
      ...vllmArguments(options),
      ...(options.args ?? []),
    ],
    env: { ...vllmEnvironment(options), ...options.env },
  }),
  install: 'Install a vLLM of before July 2026 and give its Python as option python.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'package', name: 'vllm' },
  biases: [
    prefixCacheBias,
    { text: 'requests that name no temperature are sampled at 1.0' },
    { text: 'each reply repeats the whole text so far, so bytes grow with the square of the length' },
  ],
  patienceS: 20,
}
