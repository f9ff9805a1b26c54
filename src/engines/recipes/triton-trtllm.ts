import type { LaunchOptions } from '../launch-options.ts'
import type { Build, Place, Recipe } from '../recipe.ts'
import { tritonPorts } from './triton/python-model.ts'
import { tritonCommand, tritonContainer } from './triton/server.ts'
import { engineBuild, engineQuantisations } from './trtllm/engine-build.ts'
import { trtllmModels } from './trtllm/model-repository.ts'
import { commonOptions, containerOptions, gpuOptions, modelIn } from './words.ts'

/** The back end's own models, whose Python side the chain needs. */
const template = '/app/all_models/inflight_batcher_llm'
const engineInside = '/engine'

/** The launcher that the back end wants: a process for each GPU. */
function mpirun({ tensorParallel = 1, pipelineParallel = 1 }: LaunchOptions): readonly string[] {
  return ['mpirun', '--allow-run-as-root', '-n', String(tensorParallel * pipelineParallel)]
}

function build(options: LaunchOptions, place: Place): Build {
  const { files, steps } = engineBuild(options, place)
  return {
    files,
    steps: [
      ...steps,
      {
        name: 'copy the back end’s models',
        command: {
          words: ['cp', '--recursive', '--no-clobber', `${template}/.`, `${place.folder}/models`],
          env: {},
        },
      },
    ],
  }
}

export const tritonTrtllm: Recipe = {
  name: 'triton-trtllm',
  summary: 'NVIDIA Triton with TensorRT-LLM as back end, over a compiled engine',
  options: {
    model: 'a folder with a checkpoint of Hugging Face’s',
    dtype: 'float16, bfloat16; float16 when absent',
    quantisation: `${engineQuantisations.join(', ')}; none when absent`,
    tensorParallel: '--tp_size, and a process each',
    pipelineParallel: '--pp_size, and a process each',
    maxBatch: '--max_batch_size of the engine, max_batch_size of each model',
    tokenBudget: '--max_num_tokens of the engine',
    contextTokens: '--max_seq_len of the engine',
    memoryFraction: 'kv_cache_free_gpu_mem_fraction; 0.9 when absent',
    kvTokens: 'max_tokens_in_paged_kv_cache',
    prefixCache: 'enable_kv_cache_reuse; false when absent',
    chunkedPrefill: 'enable_chunked_context; false when absent',
    batching: 'static is gpt_model_type V1 without a paged KV cache, off is a batch of 1',
    binary: 'path of tritonserver; absent: looked for in PATH',
    python: 'a Python that has tensorrt_llm, for building the engine',
    version: 'release of NVIDIA’s container; 25.04 when absent',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: { kvMemory: 'Use kvTokens, or memoryFraction.', dataParallel: 'Use replicas.' },
  batching: ['continuous', 'static', 'off'],
  required: ['model'],
  models: [],
  dialects: ['triton-generate', 'kserve-grpc'],
  ports: tritonPorts,
  modelName: () => 'ensemble',
  files: (options, { folder }) => {
    const inDocker = options.runtime === 'docker'
    const tokenizer = inDocker ? modelIn(options).path : (options.model ?? '')
    return trtllmModels(options, inDocker ? engineInside : `${folder}/engine`, tokenizer)
  },
  build,
  command: (options, place) => tritonCommand(options, place, mpirun(options)),
  container: (options, place) =>
    tritonContainer(options, place, {
      release: '25.04',
      flavour: 'trtllm-python-py3',
      before: mpirun(options),
      mounts: [
        ...modelIn(options).mounts,
        { source: `${place.folder}/engine`, target: engineInside, readOnly: true },
      ],
    }),
  install:
    'NVIDIA’s container (runtime: docker); assay engines build triton-trtllm makes the engine inside it.',
  verified: { kind: 'not' },
  ready: { path: '/v2/models/ensemble/ready', timeoutS: 900 },
  version: { kind: 'page', path: '/v2', key: 'version' },
  biases: [
    {
      text: 'the template tokenises in one copy each of two models, one request at a time; here there are four',
    },
    {
      when: ({ prefixCache }) => prefixCache !== true,
      text: 'block reuse is off: other engines have their prefix cache on by default',
    },
  ],
  versions: [
    'Tensors: UINT32 lengths and needed bad_words and stop_words in 23.11, INT32 and optional ones later.',
    'convert_checkpoint.py and trtllm-build came with 0.6; before there was one build.py a model family.',
    'kv_cache_type replaced paged_kv_cache with 0.13.',
    'The examples moved to models/core with 0.18; the back end over engine files was removed in July 2026.',
  ],
  traps: [
    'An engine fits one kind of GPU, one version of TensorRT-LLM and one number of GPUs: anything else is another build.',
    'Built here are models of the Llama family: other families have a convert_checkpoint.py of their own.',
  ],
  patienceS: 60,
}
