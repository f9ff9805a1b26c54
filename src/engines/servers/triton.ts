import type { ServedModel, ServerKind, ServerPages } from '../../model/server-kind.ts'
import { jsonOf, listOf, textOf, version, word } from './page.ts'

const modelsPage = 'POST /v2/repository/index'

/** NVIDIA Triton Inference Server, whatever backend computes. */
export const triton: ServerKind = {
  name: 'triton',
  title: 'NVIDIA Triton Inference Server',
  dialects: ['triton-generate', 'triton-infer', 'kserve-grpc', 'custom'],
  pages: ['/v2', modelsPage],
  refusesOtherModels: false,
  recognise: (seen) => (jsonOf(seen, '/v2').name === 'triton' ? '/v2 says name: triton' : undefined),
  facts: (seen) => ({
    ...version(jsonOf(seen, '/v2').version),
    models: readyModels(seen),
    settings: {},
    notices: ['its request counters end when a backend takes a request up, not when the answer is whole'],
  }),
  metrics: {
    path: '/metrics',
    port: 8002,
    names: {
      'prompt-tokens': ['nv_llm_input_token_len_sum', 'vllm:prompt_tokens_total'],
      'generated-tokens': ['nv_llm_output_token_len_sum', 'vllm:generation_tokens_total'],
      'requests-finished': ['nv_inference_request_success'],
      'requests-failed': ['nv_inference_request_failure'],
      waiting: ['nv_inference_pending_request_count'],
      ttft: ['vllm:time_to_first_token_seconds'],
      itl: ['vllm:time_per_output_token_seconds'],
      'e2e-latency': ['vllm:e2e_request_latency_seconds'],
    },
  },
}

/** Models that answer; those that others are chained from are among them. */
function readyModels(seen: ServerPages): readonly ServedModel[] {
  return listOf(parsed(textOf(seen, modelsPage))).flatMap(({ name, state }) => {
    const known = word(name)
    return known === undefined || (state !== undefined && state !== 'READY') ? [] : [{ name: known }]
  })
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
