import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
import {
  batchLimit,
  commonOptions,
  containerOptions,
  gpuContainer,
  host,
  isPath,
  modelIn,
  option,
  shortName,
} from './words.ts'

const insidePort = 8000

function flags(options: LaunchOptions, model: string): readonly string[] {
  return [
    ...[
      '--model_name',
      shortName(options),
      isPath(options.model ?? '') ? '--model_path' : '--source_model',
      model,
    ],
    ...['--task', 'text_generation', '--metrics_enable'],
    ...option('--max_num_seqs', batchLimit(options)),
    ...option('--max_num_batched_tokens', options.tokenBudget),
    ...option('--cache_size', options.kvMemory),
    ...option(
      '--enable_prefix_caching',
      options.prefixCache === undefined ? undefined : String(options.prefixCache),
    ),
    ...option('--weight-format', options.quantisation === 'none' ? undefined : options.quantisation),
  ]
}

export const openvinoModelServer: Recipe = {
  name: 'openvino-model-server',
  summary: 'OpenVINO Model Server, on CPUs, and GPUs and NPUs of Intel',
  options: {
    model: 'a folder with an exported model, or a name of the model hub',
    quantisation: '--weight-format of a model that it exports itself: int8 (its default), int4, fp16',
    maxBatch: '--max_num_seqs; 256 when absent',
    tokenBudget: '--max_num_batched_tokens',
    kvMemory: '--cache_size, whole GiB; grows as needed when absent',
    prefixCache: '--enable_prefix_caching',
    batching: 'off is --max_num_seqs 1',
    binary: 'path of ovms; absent: looked for in PATH',
    ...containerOptions,
    ...commonOptions,
  },
  refusals: {
    dtype: 'It is a property of the exported model.',
    tensorParallel: 'It has none.',
    contextTokens: 'It takes the model’s own.',
  },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['openai-completions', 'openai-chat'],
  modelName: shortName,
  command: (options, { port }) => ({
    words: [
      ...[options.binary ?? 'ovms', '--rest_port', String(port), '--rest_bind_address', host],
      ...flags(options, options.model ?? ''),
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }),
  container(options, place) {
    const { path, mounts } = modelIn(options)
    const { gpus: _, ...container } = gpuContainer(options, place, {
      image: 'openvino/model_server',
      tag: '2025.3',
      port: insidePort,
      words: ['--rest_port', String(insidePort), ...flags(options, path)],
      mounts,
    })
    return container
  },
  install: 'runtime: docker, or an ovms that you have as option binary.',
  verified: { kind: 'not' },
  ready: { path: '/v2/health/ready', timeoutS: 600 },
  version: { kind: 'page', path: '/v2', key: 'version' },
  biases: [
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'prefix caching is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
    {
      when: ({ model = '', quantisation }) => !isPath(model) && quantisation === undefined,
      text: 'a model that it exports itself has weights of 8 bits (quantisation sets the format)',
    },
  ],
  traps: ['Its API lies below /v3: give that in the URL of a server that you start yourself.'],
}
