import type { LaunchOptions } from '../../launch-options.ts'
import type { Command, Place, PortUse, WrittenFile } from '../../recipe.ts'
import { host } from '../words.ts'
import { type ConfigTensor, configPbtxt } from './config-pbtxt.ts'

const optional = (name: string, type: string): ConfigTensor => ({ name, type, dims: [1], optional: true })

/** Tensors of every model of ours, named as in the models that people serve. */
const inputs: readonly ConfigTensor[] = [
  { name: 'text_input', type: 'STRING', dims: [1] },
  optional('max_tokens', 'INT32'),
  optional('min_length', 'INT32'),
  optional('stream', 'BOOL'),
  optional('temperature', 'FP32'),
  optional('top_p', 'FP32'),
  optional('top_k', 'INT32'),
  optional('random_seed', 'UINT64'),
  optional('return_num_output_tokens', 'BOOL'),
  optional('return_num_input_tokens', 'BOOL'),
  optional('return_finish_reason', 'BOOL'),
]
const outputs: readonly ConfigTensor[] = [
  { name: 'text_output', type: 'STRING', dims: [1] },
  { name: 'num_output_tokens', type: 'UINT32', dims: [1] },
  { name: 'num_input_tokens', type: 'UINT32', dims: [1] },
  { name: 'finish_reason', type: 'STRING', dims: [1] },
]

/** The ports of a Triton server. */
export const tritonPorts: readonly PortUse[] = ['http', 'grpc', 'metrics']

/** A model of Triton's Python back end that drives one of Assay's own engines, as the files of its folder. */
export function pythonModelFiles(
  model: {
    readonly name: string
    /** Module of Assay's Python side. */
    readonly engine: string
    readonly arguments: readonly string[]
    readonly further?: readonly ConfigTensor[]
  },
  { script }: Pick<Place, 'script'>,
): readonly WrittenFile[] {
  const folder = `models/${model.name}`
  return [
    {
      path: `${folder}/config.pbtxt`,
      text: configPbtxt({
        name: model.name,
        backend: 'python',
        maxBatchSize: 0,
        decoupled: true,
        inputs: [...inputs, ...(model.further ?? [])],
        outputs,
        instances: { count: 1, kind: 'CPU' },
        parameters: { engine: model.engine, arguments: JSON.stringify(model.arguments) },
      }),
    },
    {
      path: `${folder}/1/model.py`,
      text: [
        'import sys',
        '',
        `sys.path.insert(0, ${JSON.stringify(script(''))})`,
        'from triton_model import TritonPythonModel  # noqa: E402,F401',
        '',
      ].join('\n'),
    },
  ]
}

/** Starts the Triton server that a Python package carries, over the models in the place's folder. */
export function packagedTriton(
  options: LaunchOptions,
  { python, script, folder, port, ports }: Place,
): Command {
  const on = (name: string, value: number | 'PORT' | undefined) => [
    ...[`--${name}-address`, host],
    ...[`--${name}-port`, String(value ?? 'PORT')],
  ]
  return {
    words: [
      ...[python, script('triton_run.py'), '--work', folder, '--'],
      ...['--model-repository', `${folder}/models`],
      ...on('http', port),
      ...on('grpc', ports?.grpc),
      ...on('metrics', ports?.metrics),
      ...['--allow-gpu-metrics', 'false', '--exit-timeout-secs', '3'],
      ...(options.args ?? []),
    ],
    env: { ...options.env },
  }
}
