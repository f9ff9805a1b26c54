import { modelIn, tritonGenerate } from '../triton/generate.ts'
import { tritonInfer } from '../triton/infer.ts'
import { configOf, metadataOf, modelNamed, type TritonModel, tritonModels } from '../triton/models.ts'
import { json, metricsPage, type Page, type Persona, quoted, text, version } from './persona.ts'

const extensions = [
  'model_repository',
  'model_configuration',
  'binary_tensor_data',
  'parameters',
  'statistics',
]

/** A page about the model that the path names, or what the real server says when it has none of that name. */
function ofModel(path: string, own: string, page: (name: string, model: TritonModel) => Page): Page {
  const name = modelIn(path)
  const model = modelNamed(name, own)
  if (model !== undefined) return page(name, model)
  const message = `Request for unknown model: '${name}' is not found`
  return { status: 404, body: JSON.stringify({ error: message }) }
}

/** NVIDIA Triton Inference Server with a model in the way of each back end. */
export const triton: Persona = {
  name: 'triton',
  server: [],
  shapes: {
    '/v2/models/*/generate': tritonGenerate(false),
    '/v2/models/*/generate_stream': tritonGenerate(true),
    '/v2/models/*/infer': tritonInfer,
    '/v2/models/*/versions/*/generate': tritonGenerate(false),
    '/v2/models/*/versions/*/generate_stream': tritonGenerate(true),
    '/v2/models/*/versions/*/infer': tritonInfer,
  },
  // What it lists is refused by name, and by the shapes.
  refusesOtherModels: false,
  pages: {
    '/v2': () => json({ name: 'triton', version, extensions }),
    '/v2/health/live': () => text(''),
    '/v2/health/ready': () => text(''),
    'POST /v2/repository/index': ({ model }) =>
      json(
        [...new Set([...Object.keys(tritonModels), model])].map((name) => ({
          name,
          version: '1',
          state: 'READY',
        })),
      ),
    '/v2/models/*': ({ model }, path) => ofModel(path, model, (name, known) => json(metadataOf(name, known))),
    '/v2/models/*/ready': ({ model }, path) => ofModel(path, model, () => text('')),
    '/v2/models/*/config': ({ model }, path) =>
      ofModel(path, model, (name, known) => json(configOf(name, known))),
    '/metrics': ({ model, tally }) =>
      metricsPage(`model=${quoted(model)},version="1"`, [
        { kind: 'counter', name: 'nv_inference_request_success', value: tally.finished },
        {
          kind: 'counter',
          name: 'nv_inference_request_failure',
          value: tally.failed + tally.refused,
          labels: 'reason="OTHER"',
        },
        { kind: 'counter', name: 'nv_inference_count', value: tally.finished },
        { kind: 'counter', name: 'nv_inference_exec_count', value: tally.finished },
        { kind: 'gauge', name: 'nv_inference_pending_request_count', value: 0 },
      ]),
  },
}
