import type { LaunchOptions } from '../../launch-options.ts'
import type { WrittenFile } from '../../recipe.ts'
import { type ConfigTensor, configPbtxt, type EnsembleStep, type ModelText } from '../triton/config-pbtxt.ts'
import { batchLimit } from '../words.ts'

/** Rows that pre- and postprocessing and the chain take at a time, where the options do not say. */
const defaultBatch = 64
/** Copies of the tokenising models: one would make all requests wait in one line. */
const tokeniserInstances = 4

const tensor = (name: string, type: string, dims: readonly number[] = [1]): ConfigTensor => ({
  name,
  type,
  dims,
})
const optional = (name: string, type: string, dims: readonly number[] = [1]): ConfigTensor => ({
  name,
  type,
  dims,
  optional: true,
})

/** What users of the chain may say besides the text, and what the engine calls it. */
const sampling: readonly (readonly [name: string, type: string, engineName: string])[] = [
  ['end_id', 'INT32', 'end_id'],
  ['pad_id', 'INT32', 'pad_id'],
  ['top_k', 'INT32', 'runtime_top_k'],
  ['top_p', 'FP32', 'runtime_top_p'],
  ['temperature', 'FP32', 'temperature'],
  ['length_penalty', 'FP32', 'len_penalty'],
  ['repetition_penalty', 'FP32', 'repetition_penalty'],
  ['presence_penalty', 'FP32', 'presence_penalty'],
  ['frequency_penalty', 'FP32', 'frequency_penalty'],
  ['min_length', 'INT32', 'min_length'],
  ['random_seed', 'UINT64', 'random_seed'],
  ['beam_width', 'INT32', 'beam_width'],
  ['return_log_probs', 'BOOL', 'return_log_probs'],
  ['stream', 'BOOL', 'streaming'],
]

const asked: readonly ConfigTensor[] = [
  tensor('text_input', 'STRING'),
  tensor('max_tokens', 'INT32'),
  optional('bad_words', 'STRING', [-1]),
  optional('stop_words', 'STRING', [-1]),
  optional('exclude_input_in_output', 'BOOL'),
  ...sampling.map(([name, type]) => optional(name, type)),
]
const answered: readonly ConfigTensor[] = [
  tensor('text_output', 'STRING', [-1]),
  tensor('cum_log_probs', 'FP32', [-1]),
  tensor('output_log_probs', 'FP32', [-1, -1]),
  tensor('sequence_index', 'INT32'),
]

/** The config.pbtxt of each model of the chain over a compiled engine. */
export function trtllmModels(
  options: LaunchOptions,
  engine: string,
  tokenizer: string,
): readonly WrittenFile[] {
  const maxBatchSize = batchLimit(options) ?? defaultBatch
  const models: readonly ModelText[] = [
    preprocessing(maxBatchSize, tokenizer),
    engineModel(options, maxBatchSize, engine),
    postprocessing(maxBatchSize, tokenizer),
    { name: 'ensemble', maxBatchSize, inputs: asked, outputs: answered, steps },
    {
      name: 'tensorrt_llm_bls',
      backend: 'python',
      maxBatchSize,
      decoupled: true,
      inputs: asked,
      outputs: answered,
      instances: { count: tokeniserInstances, kind: 'CPU' },
      parameters: { accumulate_tokens: 'false', tensorrt_llm_model_name: 'tensorrt_llm' },
    },
  ]
  return models.map((model) => ({ path: `models/${model.name}/config.pbtxt`, text: configPbtxt(model) }))
}

function preprocessing(maxBatchSize: number, tokenizer: string): ModelText {
  return {
    name: 'preprocessing',
    backend: 'python',
    maxBatchSize,
    inputs: [
      tensor('QUERY', 'STRING'),
      tensor('REQUEST_OUTPUT_LEN', 'INT32'),
      optional('BAD_WORDS_DICT', 'STRING', [-1]),
      optional('STOP_WORDS_DICT', 'STRING', [-1]),
      optional('END_ID', 'INT32'),
      optional('PAD_ID', 'INT32'),
    ],
    outputs: [
      tensor('INPUT_ID', 'INT32', [-1]),
      tensor('REQUEST_INPUT_LEN', 'INT32'),
      tensor('REQUEST_OUTPUT_LEN', 'INT32'),
      tensor('BAD_WORDS_IDS', 'INT32', [2, -1]),
      tensor('STOP_WORDS_IDS', 'INT32', [2, -1]),
      tensor('OUT_END_ID', 'INT32'),
      tensor('OUT_PAD_ID', 'INT32'),
    ],
    instances: { count: tokeniserInstances, kind: 'CPU' },
    parameters: { tokenizer_dir: tokenizer, add_special_tokens: 'true' },
  }
}

function engineModel(options: LaunchOptions, maxBatchSize: number, engine: string): ModelText {
  const { batching, memoryFraction = 0.9, kvTokens, prefixCache = false, chunkedPrefill = false } = options
  return {
    name: 'tensorrt_llm',
    backend: 'tensorrtllm',
    maxBatchSize,
    decoupled: true,
    inputs: [
      tensor('input_ids', 'INT32', [-1]),
      tensor('input_lengths', 'INT32'),
      tensor('request_output_len', 'INT32'),
      optional('bad_words_list', 'INT32', [2, -1]),
      optional('stop_words_list', 'INT32', [2, -1]),
      optional('exclude_input_in_output', 'BOOL'),
      ...sampling.map(([, type, name]) => optional(name, type)),
    ],
    outputs: [
      tensor('output_ids', 'INT32', [-1, -1]),
      tensor('sequence_length', 'INT32', [-1]),
      tensor('cum_log_probs', 'FP32', [-1]),
      tensor('output_log_probs', 'FP32', [-1, -1]),
      tensor('sequence_index', 'INT32'),
    ],
    queueDelayUs: 0,
    instances: { count: 1, kind: 'CPU' },
    parameters: {
      gpt_model_type: batching === 'static' ? 'V1' : 'inflight_fused_batching',
      gpt_model_path: engine,
      batch_scheduler_policy: 'guaranteed_no_evict',
      kv_cache_free_gpu_mem_fraction: String(memoryFraction),
      ...(kvTokens === undefined ? {} : { max_tokens_in_paged_kv_cache: String(kvTokens) }),
      enable_kv_cache_reuse: String(prefixCache),
      enable_chunked_context: String(chunkedPrefill),
      executor_worker_path: '/opt/tritonserver/backends/tensorrtllm/trtllmExecutorWorker',
    },
  }
}

function postprocessing(maxBatchSize: number, tokenizer: string): ModelText {
  const through = ['CUM_LOG_PROBS', 'OUTPUT_LOG_PROBS'].map((name, i) =>
    tensor(name, 'FP32', i === 0 ? [-1] : [-1, -1]),
  )
  return {
    name: 'postprocessing',
    backend: 'python',
    maxBatchSize,
    inputs: [
      tensor('TOKENS_BATCH', 'INT32', [-1, -1]),
      tensor('SEQUENCE_LENGTH', 'INT32', [-1]),
      ...through,
      tensor('SEQUENCE_INDEX', 'INT32'),
    ],
    outputs: [
      tensor('OUTPUT', 'STRING', [-1]),
      ...through.map(({ name, type, dims }) => tensor(`OUT_${name}`, type, dims)),
      tensor('OUT_SEQUENCE_INDEX', 'INT32'),
    ],
    instances: { count: tokeniserInstances, kind: 'CPU' },
    parameters: { tokenizer_dir: tokenizer, skip_special_tokens: 'true' },
  }
}

/** How the chain hands one model's tensors to the next. */
const steps: readonly EnsembleStep[] = [
  {
    model: 'preprocessing',
    inputs: {
      QUERY: 'text_input',
      REQUEST_OUTPUT_LEN: 'max_tokens',
      BAD_WORDS_DICT: 'bad_words',
      STOP_WORDS_DICT: 'stop_words',
      END_ID: 'end_id',
      PAD_ID: 'pad_id',
    },
    outputs: {
      INPUT_ID: '_ids',
      REQUEST_INPUT_LEN: '_input_length',
      REQUEST_OUTPUT_LEN: '_output_length',
      BAD_WORDS_IDS: '_bad_words',
      STOP_WORDS_IDS: '_stop_words',
      OUT_END_ID: '_end_id',
      OUT_PAD_ID: '_pad_id',
    },
  },
  {
    model: 'tensorrt_llm',
    inputs: {
      input_ids: '_ids',
      input_lengths: '_input_length',
      request_output_len: '_output_length',
      bad_words_list: '_bad_words',
      stop_words_list: '_stop_words',
      exclude_input_in_output: 'exclude_input_in_output',
      end_id: '_end_id',
      pad_id: '_pad_id',
      ...Object.fromEntries(
        sampling.filter(([name]) => !name.endsWith('_id')).map(([name, , engineName]) => [engineName, name]),
      ),
    },
    outputs: {
      output_ids: '_output_ids',
      sequence_length: '_sequence_length',
      cum_log_probs: '_cum_log_probs',
      output_log_probs: '_output_log_probs',
      sequence_index: '_sequence_index',
    },
  },
  {
    model: 'postprocessing',
    inputs: {
      TOKENS_BATCH: '_output_ids',
      SEQUENCE_LENGTH: '_sequence_length',
      CUM_LOG_PROBS: '_cum_log_probs',
      OUTPUT_LOG_PROBS: '_output_log_probs',
      SEQUENCE_INDEX: '_sequence_index',
    },
    outputs: {
      OUTPUT: 'text_output',
      OUT_CUM_LOG_PROBS: 'cum_log_probs',
      OUT_OUTPUT_LOG_PROBS: 'output_log_probs',
      OUT_SEQUENCE_INDEX: 'sequence_index',
    },
  },
]
