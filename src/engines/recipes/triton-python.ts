import type { Recipe } from '../recipe.ts'
import { packagedTriton, pythonModelFiles, tritonPorts } from './triton/python-model.ts'
import { commonOptions } from './words.ts'

const modelName = 'pace'

export const tritonPython: Recipe = {
  name: 'triton-python',
  summary: 'NVIDIA Triton with a Python model that says words at a set pace: what the front end itself costs',
  options: { python: 'a Python with nvidia-pytriton', ...commonOptions },
  refusals: { model: 'Nothing is computed; the engine triton-transformers has a model.' },
  batching: ['continuous'],
  required: [],
  environment: 'triton',
  models: [],
  dialects: ['triton-generate', 'kserve-grpc'],
  ports: tritonPorts,
  modelName: () => modelName,
  files: (_, place) =>
    pythonModelFiles(
      {
        name: modelName,
        engine: 'pace_engine',
        arguments: ['--name', modelName],
        further: [{ name: 'delay_ms', type: 'FP32', dims: [1], optional: true }],
      },
      place,
    ),
  command: packagedTriton,
  install: 'assay engines setup triton-python (the server of the Python package nvidia-pytriton, 60 MB).',
  verified: { kind: 'real', version: 'Triton 2.51.0 (nvidia-pytriton 0.7.0)', date: 'November 2026' },
  ready: { path: '/v2/health/ready', timeoutS: 120 },
  version: { kind: 'page', path: '/v2', key: 'version' },
  biases: [
    { text: 'no model computes: words come without pause, or after `delay_ms` each (body of the target)' },
  ],
  traps: [
    'One Python process serves all requests, so its interpreter bounds the responses a second.',
    'With NumPy 2 in the base interpreter the first request kills the Python process: Assay starts the server where NumPy 1.26 is found first.',
  ],
}
