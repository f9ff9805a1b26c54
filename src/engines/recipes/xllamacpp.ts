import type { Recipe } from '../recipe.ts'
import { llamacppBiases, llamacppRefusals, totalContext } from './llamacpp-server.ts'
import { batchLimit, commonOptions, either, host, option, shortName } from './words.ts'

export const xllamacpp: Recipe = {
  name: 'xllamacpp',
  summary: 'llama.cpp’s own server out of a Python package: no build, ready in two seconds',
  options: {
    model: 'a GGUF file',
    maxBatch: 'the slots; one when absent',
    prefixCache: 'false turns the prompt cache off',
    contextTokens: 'n_ctx, times the slots',
    threads: 'of prompts and of decoding',
    batching: 'static turns llama.cpp’s continuous batching off, off is one slot',
    python: 'a Python that has xllamacpp',
    ...commonOptions,
  },
  refusals: { ...llamacppRefusals, binary: 'It is a Python package; use the engine llamacpp-server.' },
  batching: ['continuous', 'static', 'off'],
  required: ['model'],
  environment: 'xllamacpp',
  models: ['gemma-3-270m', 'assay-bigram'],
  dialects: [
    'openai-completions',
    'openai-chat',
    'llamacpp-completion',
    'openai-responses',
    'anthropic-messages',
  ],
  modelName: shortName,
  command: (options, { port, python, script }) => ({
    words: [
      ...[
        python,
        script('xllamacpp_run.py'),
        '--model',
        options.model ?? '',
        '--host',
        host,
        '--port',
        String(port),
      ],
      ...['--alias', shortName(options), '--slots', String(batchLimit(options) ?? 1)],
      ...option('--context', totalContext(options)),
      ...option('--threads', options.threads),
      ...(options.batching === 'static' ? ['--no-continuous-batching'] : []),
      ...either(options.prefixCache, [], ['--no-prompt-cache']),
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }),
  install: 'assay engines setup xllamacpp',
  verified: { kind: 'real', version: '2026.10.11549', date: 'November 2026' },
  ready: { path: '/health', timeoutS: 300 },
  version: { kind: 'package', name: 'xllamacpp' },
  biases: llamacppBiases,
  traps: [
    'It closes the connection after each reply: Assay then opens a new one for each request, and says so.',
    'A text frame may hold no whole character: tokens are counted from usage, never from frames.',
  ],
}
