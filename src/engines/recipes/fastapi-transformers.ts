import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
import { batchLimit, commonOptions, host, offline, option, shortName } from './words.ts'

/** What Transformers is told behind any of our front ends. */
export const transformersArguments = (options: LaunchOptions): readonly string[] => [
  ...['--model', options.model ?? '', '--name', shortName(options), '--batching', options.batching ?? 'off'],
  ...option('--max-batch', batchLimit(options)),
  ...option('--dtype', options.dtype),
  ...option('--quantisation', options.quantisation),
  ...option('--threads', options.threads),
]

export const fastapiTransformers: Recipe = {
  name: 'fastapi-transformers',
  summary: 'Transformers’ generate behind Assay’s own small FastAPI server, one by one or in static batches',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: 'auto, float16, bfloat16, float32',
    quantisation: 'int8, nf4, fp4 (needs bitsandbytes)',
    maxBatch: 'requests of one static batch; 8 when absent',
    threads: 'of torch',
    batching: 'static: a batch starts when it is full or its first request has waited 100 ms',
    python: 'a Python with transformers, torch, fastapi and uvicorn',
    ...commonOptions,
  },
  refusals: {
    prefixCache: 'It has no prefix cache.',
    contextTokens: 'It takes the model’s own.',
    kvMemory: 'It takes what it needs.',
  },
  batching: ['off', 'static'],
  required: ['model'],
  environment: 'transformers',
  models: ['tiny'],
  dialects: ['openai-completions'],
  modelName: shortName,
  command: (options, { port, python, script }) => ({
    words: [
      ...[python, script('fastapi_transformers.py'), '--host', host, '--port', String(port)],
      ...transformersArguments(options),
      ...(options.args ?? []),
    ],
    env: { ...offline(options), ...options.env },
  }),
  install:
    'assay engines setup fastapi-transformers. For a GPU: a Python with transformers, torch, fastapi and uvicorn as option python.',
  verified: { kind: 'real', version: 'transformers 5.19.0', date: 'November 2026' },
  ready: { path: '/health', timeoutS: 300 },
  version: { kind: 'page', path: '/version', key: 'version' },
  settingsPath: '/version',
  biases: [
    {
      when: ({ batching }) => batching !== 'static',
      text: 'requests are computed one after another (batching: static computes maxBatch together)',
    },
    {
      when: ({ batching }) => batching === 'static',
      text: 'a static batch ends with its longest request, and later ones wait for that',
    },
  ],
  traps: [
    'Requests of different sampling cannot share a static batch.',
    'Prompts of a static batch are padded to the longest: padding is computed too.',
  ],
}
