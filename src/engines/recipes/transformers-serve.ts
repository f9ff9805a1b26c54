import { dirname, join } from 'node:path'
import type { Recipe } from '../recipe.ts'
import { commonOptions, host, offline, option } from './words.ts'

export const transformersServe: Recipe = {
  name: 'transformers-serve',
  summary: 'the server of Hugging Face Transformers (transformers serve)',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: '--dtype: auto, float16, bfloat16, float32',
    quantisation: '--quantization: bnb-4bit, bnb-8bit',
    threads: 'OMP_NUM_THREADS',
    batching: 'continuous is --continuous-batching',
    python: 'a Python with transformers[serving]; its folder holds the program transformers',
    ...commonOptions,
  },
  refusals: {
    maxBatch:
      'Without continuous batching it computes one request at a time; with it, --cb-max-batch-tokens with args.',
    kvMemory: 'Use args: [--cb-max-memory-percent, "0.5"] with batching: continuous.',
    prefixCache: 'It has no prefix cache.',
    contextTokens: 'It takes the model’s own.',
  },
  batching: ['off', 'continuous'],
  required: ['model'],
  environment: 'transformers',
  models: ['tiny'],
  dialects: ['openai-completions', 'openai-chat', 'openai-responses'],
  command: (options, { port, python }) => ({
    words: [
      ...[
        join(dirname(python), 'transformers'),
        'serve',
        options.model ?? '',
        '--host',
        host,
        '--port',
        String(port),
      ],
      ...option('--dtype', options.dtype),
      ...option('--quantization', options.quantisation),
      ...(options.batching === 'continuous' ? ['--continuous-batching'] : []),
      ...(options.args ?? []),
    ],
    env: {
      ...offline(options),
      ...(options.threads === undefined ? {} : { OMP_NUM_THREADS: String(options.threads) }),
      ...options.env,
    },
  }),
  install:
    "assay engines setup transformers-serve. For a GPU: pip install 'transformers[serving]' requests, and option python.",
  verified: { kind: 'real', version: '5.19.0', date: 'November 2026' },
  ready: { path: '/health', timeoutS: 300 },
  version: { kind: 'package', name: 'transformers' },
  endsEarly: true,
  biases: [
    {
      when: ({ batching }) => batching !== 'continuous',
      text: 'requests are computed one after another on one thread (batching: continuous changes that)',
    },
    {
      text: 'ignore_eos is not a field of its requests: lengths are forced by dialectOptions {exactLength: generation_config} alone',
    },
  ],
  traps: [
    'On a CPU the first reply under `batching: continuous` takes up to a minute: it allocates and warms up then.',
    'It refuses requests with `ignore_eos` (422). The target’s `dialectOptions: { exactLength: generation_config }` forces lengths in its own way; else ask for lengths `up-to`.',
    'It sends no `[DONE]`, several tokens may come in one frame, and it has no metrics page.',
    'Without the package `requests` it does not start: `setup` installs it.',
  ],
}
