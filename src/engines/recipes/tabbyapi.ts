import { basename, dirname } from 'node:path'
import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe, WrittenFile } from '../recipe.ts'
import { commonOptions, containerOptions, gpuContainer, gpuOptions, host } from './words.ts'

const configFile = 'config.yml'
const inside = '/app'
const insidePort = 5000
/** The KV cache of all requests holds whole pages of so many tokens. */
const pageTokens = 256
const defaultContext = 4096

/** Its configuration file. */
function config(options: LaunchOptions, address: string, port: number | 'PORT', models: string): string {
  const { model = '', contextTokens = defaultContext, maxBatch = 1, tensorParallel = 1, batching } = options
  const requests = batching === 'off' ? 1 : maxBatch
  const cache = Math.ceil((options.kvTokens ?? contextTokens * requests) / pageTokens) * pageTokens
  return [
    'network:',
    `  host: ${address}`,
    `  port: ${port}`,
    '  disable_auth: true',
    'model:',
    `  model_dir: ${JSON.stringify(models)}`,
    `  model_name: ${JSON.stringify(basename(model))}`,
    `  max_seq_len: ${contextTokens}`,
    `  cache_size: ${cache}`,
    ...(options.quantisation === undefined || options.quantisation === 'none'
      ? []
      : [`  cache_mode: ${JSON.stringify(options.quantisation)}`]),
    `  max_batch_size: ${requests}`,
    ...(options.tokenBudget === undefined ? [] : [`  chunk_size: ${options.tokenBudget}`]),
    ...(tensorParallel > 1 ? ['  tensor_parallel: true'] : []),
    '',
  ].join('\n')
}

const files = (options: LaunchOptions, port: number | 'PORT'): readonly WrittenFile[] => {
  const text =
    options.runtime === 'docker'
      ? config(options, '0.0.0.0', insidePort, `${inside}/models`)
      : config(options, host, port, dirname(options.model ?? '.'))
  return [{ path: configFile, text }]
}

export const tabbyapi: Recipe = {
  name: 'tabbyapi',
  summary: 'TabbyAPI over ExLlamaV3, or ExLlamaV2 in versions before July 2026',
  options: {
    model: 'a folder of EXL2, EXL3 or GPTQ weights',
    quantisation: 'cache_mode of the KV cache: none (FP16), Q8, Q6, Q4; that of the weights is the folder’s',
    contextTokens: 'max_seq_len; 4,096 when absent',
    maxBatch: 'max_batch_size; one when absent',
    kvTokens: 'cache_size; contextTokens × maxBatch when absent',
    tokenBudget: 'chunk_size',
    tensorParallel: 'above 1 is tensor_parallel: true, over all GPUs it sees',
    batching: 'off is max_batch_size 1',
    python: 'a Python that runs TabbyAPI’s main.py, in its folder',
    binary: 'path of main.py; absent: main.py',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: {
    prefixCache: 'Its reuse of pages cannot be turned off: let prompts begin differently for 256 tokens.',
    dtype: 'It is a property of the weights.',
  },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['openai-completions', 'openai-chat'],
  modelName: ({ model = '' }) => basename(model),
  files: (options, { port }) => files(options, port),
  command: (options, { python, folder }) => ({
    words: [
      python,
      options.binary ?? 'main.py',
      '--config',
      `${folder}/${configFile}`,
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }),
  container: (options, place) =>
    gpuContainer(options, place, {
      image: 'ghcr.io/theroyallab/tabbyapi',
      tag: 'latest',
      port: insidePort,
      words: ['--config', `${inside}/assay/${configFile}`],
      mounts: [
        {
          source: options.model ?? '',
          target: `${inside}/models/${basename(options.model ?? '')}`,
          readOnly: true,
        },
        { source: place.folder, target: `${inside}/assay`, readOnly: true },
      ],
    }),
  install:
    'TabbyAPI’s repository with its requirements: its Python as option python, main.py as option binary.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 600 },
  biases: [
    {
      when: ({ maxBatch, batching }) => maxBatch === undefined && batching !== 'off',
      text: 'one request is computed at a time here (maxBatch changes that, and the KV cache with it)',
    },
    {
      text: 'its own default KV cache of 4,096 tokens for all requests makes them wait: here it grows with maxBatch',
    },
    {
      text: 'output that repeats itself is stopped after 800 tokens, unless requests say loop_detect_window: 0 (body)',
    },
  ],
  versions: [
    'ExLlamaV2 was removed on 14 July 2026: EXL2 weights need an older commit.',
    'With several prompts a request, each further one gets 5 tokens more than asked.',
  ],
}
