import type { LaunchOptions } from '../launch-options.ts'
import type { Recipe, WrittenFile } from '../recipe.ts'
import { configPbtxt } from './triton/config-pbtxt.ts'
import { tritonPorts } from './triton/python-model.ts'
import { tritonCommand, tritonContainer } from './triton/server.ts'
import { batchLimit, commonOptions, containerOptions, gpuOptions } from './words.ts'

const modelName = 'fastertransformer'
const checkpointInside = '/checkpoint'

function files(options: LaunchOptions): readonly WrittenFile[] {
  const { model = '', dtype = 'fp16', tensorParallel = 1, pipelineParallel = 1 } = options
  const one = (name: string, type: string) => ({ name, type, dims: [1] })
  const text = configPbtxt({
    name: modelName,
    backend: 'fastertransformer',
    maxBatchSize: batchLimit(options) ?? 64,
    inputs: [
      { name: 'input_ids', type: 'UINT32', dims: [-1] },
      one('input_lengths', 'UINT32'),
      one('request_output_len', 'UINT32'),
      ...[
        ['runtime_top_k', 'UINT32'],
        ['runtime_top_p', 'FP32'],
        ['temperature', 'FP32'],
        ['repetition_penalty', 'FP32'],
        ['random_seed', 'UINT64'],
        ['beam_width', 'UINT32'],
        ['end_id', 'UINT32'],
      ].map(([name = '', type = '']) => ({ ...one(name, type), optional: true as const })),
    ],
    outputs: [
      { name: 'output_ids', type: 'UINT32', dims: [-1, -1] },
      { name: 'sequence_length', type: 'UINT32', dims: [-1] },
    ],
    instances: { count: 1, kind: 'CPU' },
    parameters: {
      model_type: 'GPT',
      model_checkpoint_path: options.runtime === 'docker' ? checkpointInside : model,
      data_type: dtype,
      tensor_para_size: String(tensorParallel),
      pipeline_para_size: String(pipelineParallel),
      enable_custom_all_reduce: '0',
      ...(options.quantisation === 'int8-weight-only' ? { int8_mode: '1' } : {}),
    },
  })
  return [{ path: `models/${modelName}/config.pbtxt`, text }]
}

export const fastertransformer: Recipe = {
  name: 'fastertransformer',
  summary: 'FasterTransformer under NVIDIA Triton, for comparisons with 2023: token ids in, token ids out',
  options: {
    model: 'a folder with a converted checkpoint of FasterTransformer’s',
    dtype: 'data_type: fp16, bf16, fp32; fp16 when absent',
    quantisation: 'none, int8-weight-only (int8_mode 1)',
    tensorParallel: 'tensor_para_size',
    pipelineParallel: 'pipeline_para_size',
    maxBatch: 'max_batch_size; 64 when absent',
    batching: 'static: requests that wait together are computed together; off is max_batch_size 1',
    binary: 'path of tritonserver; absent: looked for in PATH',
    version: 'release of NVIDIA’s container; 23.05 when absent',
    ...gpuOptions,
    ...containerOptions,
    ...commonOptions,
  },
  refusals: {
    prefixCache: 'It has none.',
    chunkedPrefill: 'It has none.',
    kvMemory: 'It takes what the batch needs.',
    dataParallel: 'Use replicas.',
  },
  batching: ['static', 'off'],
  required: ['model'],
  models: [],
  dialects: ['triton-infer'],
  ports: tritonPorts,
  modelName: () => modelName,
  files,
  command: tritonCommand,
  container: (options, place) =>
    tritonContainer(options, place, {
      release: '23.05',
      flavour: 'py3',
      mounts: [{ source: options.model ?? '', target: checkpointInside, readOnly: true }],
    }),
  install:
    'Triton with the FasterTransformer back end, which has no public image of its own: build it, and give it as option image or binary.',
  verified: { kind: 'not' },
  ready: { path: `/v2/models/${modelName}/ready`, timeoutS: 900 },
  version: { kind: 'page', path: '/v2', key: 'version' },
  endsEarly: true,
  biases: [{ text: 'batches are static: all of a batch wait for its longest request' }],
  traps: [
    'Its model takes token ids. For texts put a chain of models with a tokeniser before it in the models folder, and name that as model of the target.',
  ],
  patienceS: 30,
}
