import type { LaunchOptions } from '../../launch-options.ts'
import type { Build, BuildStep, Place } from '../../recipe.ts'
import { batchLimit, option } from '../words.ts'

/** Where the container of TensorRT-LLM has its example programs. */
const examples = '/app/tensorrt_llm/examples'

/** Ways of storing weights that need a compiled engine, and what each adds to the conversion. */
const conversions: Readonly<Record<string, readonly string[]>> = {
  'int8-weight-only': ['--use_weight_only', '--weight_only_precision', 'int8'],
  'int8-kv': ['--use_weight_only', '--weight_only_precision', 'int8', '--int8_kv_cache'],
  'int4-gptq': ['--use_weight_only', '--weight_only_precision', 'int4_gptq', '--per_group'],
  smoothquant: ['--smoothquant', '0.5'],
  'smoothquant-per-token': ['--smoothquant', '0.5', '--per_token', '--per_channel'],
}

/** Those that a program of its own makes, from a calibration over samples. */
const calibrated: Readonly<Record<string, readonly string[]>> = {
  'int4-awq': ['--qformat', 'int4_awq', '--awq_block_size', '128', '--calib_size', '32'],
  fp8: ['--qformat', 'fp8', '--calib_size', '512'],
}

/** Words of the option `quantisation` that a compiled engine knows; "none" compiles without. */
export const engineQuantisations: readonly string[] = [
  'none',
  ...Object.keys(conversions),
  ...Object.keys(calibrated),
]

/** Whether the options ask for a compiled engine, rather than a model as it is. */
export function isCompiled({ quantisation }: LaunchOptions): boolean {
  return quantisation !== undefined && engineQuantisations.includes(quantisation)
}

/** Makes an engine from a checkpoint of Hugging Face’s: checkpoint of TensorRT-LLM’s own, then the engine. */
export function engineBuild(options: LaunchOptions, { python, folder }: Place): Build {
  const env = { ...options.env }
  return {
    files: [],
    steps: [
      { name: 'convert', command: { words: convertWords(options, python, folder), env } },
      { name: 'build', command: { words: buildWords(options, folder), env } },
    ],
  }
}

function convertWords(options: LaunchOptions, python: string, folder: string): BuildStep['command']['words'] {
  const { quantisation = 'none', model = '', dtype = 'float16' } = options
  const calibration = calibrated[quantisation]
  const program =
    calibration === undefined ? 'models/core/llama/convert_checkpoint.py' : 'quantization/quantize.py'
  return [
    ...[python, `${examples}/${program}`, '--model_dir', model, '--output_dir', `${folder}/checkpoint`],
    ...['--dtype', dtype],
    ...(calibration ?? conversions[quantisation] ?? []),
    ...option('--tp_size', options.tensorParallel),
    ...option('--pp_size', options.pipelineParallel),
  ]
}

function buildWords(options: LaunchOptions, folder: string): readonly string[] {
  const { dtype = 'float16', batching } = options
  return [
    ...['trtllm-build', '--checkpoint_dir', `${folder}/checkpoint`, '--output_dir', `${folder}/engine`],
    ...['--gemm_plugin', dtype, '--gpt_attention_plugin', dtype, '--context_fmha', 'enable'],
    ...['--remove_input_padding', batching === 'static' ? 'disable' : 'enable'],
    ...['--kv_cache_type', batching === 'static' ? 'continuous' : 'paged'],
    ...option('--max_batch_size', batchLimit(options)),
    ...option('--max_num_tokens', options.tokenBudget),
    ...option('--max_seq_len', options.contextTokens),
    ...(options.prefixCache === true || options.chunkedPrefill === true
      ? ['--use_paged_context_fmha', 'enable']
      : []),
  ]
}
