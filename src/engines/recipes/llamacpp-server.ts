import type { LaunchOptions } from '../launch-options.ts'
import type { Bias, Recipe } from '../recipe.ts'
import { batchLimit, commonOptions, either, host, option, shortName } from './words.ts'

/** llama.cpp divides its context by its slots; the option speaks of one request. */
export function totalContext(options: LaunchOptions): number | undefined {
  const { contextTokens } = options
  return contextTokens === undefined ? undefined : contextTokens * (batchLimit(options) ?? 1)
}

const inTheFile = 'It is a property of the GGUF file: choose another file.'

export const llamacppRefusals = {
  dtype: inTheFile,
  quantisation: inTheFile,
  kvMemory: 'The KV cache is as large as contextTokens × maxBatch asks.',
  chunkedPrefill: 'Prompts are always computed in pieces; args: [-ub, "512"] sets their size.',
  tensorParallel: 'Use args: [-sm, row] and [-ts, …].',
  pipelineParallel: 'Use args: [-sm, layer] and [-ts, …].',
  dataParallel: 'Use replicas.',
} as const

export const llamacppBiases: readonly Bias[] = [
  {
    when: ({ prefixCache }) => prefixCache !== false,
    text: 'the prompt cache is on by default: what prompts share is computed once (prefixCache: false turns it off)',
  },
  {
    when: ({ contextTokens }) => contextTokens === undefined,
    text: 'the context is divided by the slots: each request gets n_ctx / maxBatch (contextTokens sets one request’s)',
  },
  {
    when: ({ threads }) => threads === undefined,
    text: 'speed depends on the threads: the default is all physical cores, also those of the load generator',
  },
]

export const llamacppServer: Recipe = {
  name: 'llamacpp-server',
  summary: 'llama.cpp’s own server, a llama-server program that you have',
  options: {
    model: 'a GGUF file',
    maxBatch: '-np: the slots; one when absent',
    prefixCache: 'false is --no-cache-prompt --cache-ram 0',
    contextTokens: '-c, times the slots',
    threads: '-t and -tb',
    batching: 'static is -nocb, off is -np 1',
    binary: 'path of llama-server; absent: looked for in PATH',
    ...commonOptions,
  },
  refusals: {
    ...llamacppRefusals,
    python: 'It is a program of its own; give binary, or use the engine xllamacpp.',
  },
  batching: ['continuous', 'static', 'off'],
  required: ['model'],
  models: ['gemma-3-270m', 'assay-bigram'],
  dialects: [
    'openai-completions',
    'openai-chat',
    'llamacpp-completion',
    'openai-responses',
    'anthropic-messages',
  ],
  modelName: shortName,
  command: (options, { port }) => ({
    words: [
      ...[
        options.binary ?? 'llama-server',
        '-m',
        options.model ?? '',
        '--host',
        host,
        '--port',
        String(port),
      ],
      ...['--alias', shortName(options), '--metrics', '--slots', '--props'],
      // Its own default is a number of slots that depends on the memory.
      ...['-np', String(batchLimit(options) ?? 1)],
      ...option('-c', totalContext(options)),
      ...option('-t', options.threads),
      ...option('-tb', options.threads),
      ...(options.batching === 'static' ? ['-nocb'] : []),
      ...either(options.prefixCache, ['--cache-prompt'], ['--no-cache-prompt', '--cache-ram', '0']),
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }),
  install: 'Build llama.cpp or take one of its releases, and give llama-server as option binary.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 300 },
  version: { kind: 'page', path: '/props', key: 'build_info' },
  biases: llamacppBiases,
}
