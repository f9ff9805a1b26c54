import type { Recipe } from '../recipe.ts'
import { fastapiTransformers, transformersArguments } from './fastapi-transformers.ts'
import { packagedTriton, pythonModelFiles, tritonPorts } from './triton/python-model.ts'
import { commonOptions, offline, shortName } from './words.ts'

export const tritonTransformers: Recipe = {
  name: 'triton-transformers',
  summary: 'Transformers’ generate as a Python model of NVIDIA Triton, one by one or in static batches',
  options: {
    ...fastapiTransformers.options,
    python: 'a Python with nvidia-pytriton, NumPy below 2, torch and transformers',
    ...commonOptions,
  },
  refusals: fastapiTransformers.refusals ?? {},
  batching: fastapiTransformers.batching,
  required: ['model'],
  environment: 'triton-transformers',
  models: ['tiny'],
  dialects: ['triton-generate', 'kserve-grpc'],
  ports: tritonPorts,
  modelName: shortName,
  files: (options, place) =>
    pythonModelFiles(
      {
        name: shortName(options),
        engine: 'transformers_engine',
        arguments: transformersArguments(options),
      },
      place,
    ),
  command: (options, place) => {
    const { words, env } = packagedTriton(options, place)
    return { words, env: { ...offline(options), ...env } }
  },
  install:
    'assay engines setup triton-transformers (CPU). For a GPU: a Python with nvidia-pytriton, NumPy below 2, torch and transformers as option python.',
  verified: { kind: 'real', version: 'Triton 2.51.0, transformers 5.19.0', date: 'November 2026' },
  ready: { path: '/v2/health/ready', timeoutS: 300 },
  version: { kind: 'page', path: '/v2', key: 'version' },
  biases: fastapiTransformers.biases,
  traps: [
    ...(fastapiTransformers.traps ?? []),
    'A second instance of the model would be a second process with weights of its own: there is one.',
  ],
}
