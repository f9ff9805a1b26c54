import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe } from '../recipe.ts'
import { engineBuild, isCompiled } from './trtllm/engine-build.ts'
import { batchLimit, commonOptions, either, gpuOptions, host, offline, option, shortName } from './words.ts'

export const fastapiTrtllm: Recipe = {
  name: 'fastapi-trtllm',
  summary: 'TensorRT-LLM’s LLM API behind Assay’s own small FastAPI server',
  options: {
    model: 'a folder or a name of the model hub',
    dtype: 'dtype: float16, bfloat16',
    quantisation:
      'of a compiled engine: int8-weight-only, int8-kv, int4-awq, int4-gptq, fp8, smoothquant; absent: PyTorch runs the model as it is',
    tensorParallel: 'tensor_parallel_size',
    pipelineParallel: 'pipeline_parallel_size',
    maxBatch: 'max_batch_size',
    tokenBudget: 'max_num_tokens',
    contextTokens: 'max_seq_len',
    memoryFraction: 'kv_cache_config.free_gpu_memory_fraction',
    prefixCache: 'kv_cache_config.enable_block_reuse',
    chunkedPrefill: 'enable_chunked_prefill',
    batching: 'off is max_batch_size 1',
    python: 'a Python with tensorrt_llm, fastapi and uvicorn',
    ...gpuOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use memoryFraction.', dataParallel: 'Use replicas.' },
  batching: ['continuous', 'off'],
  required: ['model', 'python'],
  models: [],
  dialects: ['openai-completions'],
  modelName: shortName,
  build: (options, place) => (isCompiled(options) ? engineBuild(options, place) : undefined),
  command: (options, { port, python, script, folder }) => ({
    words: [
      ...[
        python,
        script('fastapi_trtllm.py'),
        '--model',
        isCompiled(options) ? `${folder}/engine` : (options.model ?? ''),
      ],
      ...[
        '--tokenizer',
        options.model ?? '',
        '--host',
        host,
        '--port',
        String(port),
        '--name',
        shortName(options),
      ],
      ...flags(options),
      ...(options.args ?? []),
    ],
    env: { ...offline(options), ...options.env },
  }),
  install:
    'A Python with tensorrt_llm, fastapi and uvicorn (NVIDIA’s container has the first) as option python.',
  verified: { kind: 'not' },
  ready: { path: '/health', timeoutS: 900 },
  version: { kind: 'page', path: '/version', key: 'version' },
  settingsPath: '/version',
  biases: [
    {
      when: ({ prefixCache }) => prefixCache === undefined,
      text: 'block reuse is on by default: what prompts share is computed once (prefixCache: false turns it off)',
    },
  ],
  patienceS: 30,
}

function flags(options: LaunchOptions): readonly string[] {
  return [
    ...option('--dtype', options.dtype),
    ...option('--tensor-parallel', options.tensorParallel),
    ...option('--pipeline-parallel', options.pipelineParallel),
    ...option('--max-batch', batchLimit(options)),
    ...option('--max-num-tokens', options.tokenBudget),
    ...option('--max-seq-len', options.contextTokens),
    ...option('--memory-fraction', options.memoryFraction),
    ...either(options.prefixCache, ['--block-reuse', 'on'], ['--block-reuse', 'off']),
    ...either(options.chunkedPrefill, ['--chunked-prefill'], []),
  ]
}
