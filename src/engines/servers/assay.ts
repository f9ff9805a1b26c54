import type { ServerKind, ServerPages } from '../../model/server-kind.ts'
import { openAiModels, ownedBy, ownerOf, settings } from './page.ts'

/** The engine inside Assay, also when another process serves it. */
export const embedded: ServerKind = {
  name: 'embedded',
  title: 'Assay’s embedded engine',
  dialects: ['openai-completions', 'openai-chat'],
  pages: ['/v1/models'],
  refusesOtherModels: false,
  recognise: ownedBy('assay'),
  facts(seen) {
    const models = openAiModels(seen)
    return { models, settings: settings({ contextTokens: models[0]?.contextTokens }), notices: [] }
  },
  metrics: {
    path: '/metrics',
    names: {
      // Computed and cached tokens are counted apart.
      'prompt-tokens': [['assay_embedded:prompt_tokens_total', 'assay_embedded:prompt_tokens_cached_total']],
      'generated-tokens': ['assay_embedded:generation_tokens_total'],
      'requests-finished': ['assay_embedded:request_success_total'],
      'cached-tokens': ['assay_embedded:prompt_tokens_cached_total'],
      running: ['assay_embedded:num_requests_running'],
      waiting: ['assay_embedded:num_requests_waiting'],
      ttft: ['assay_embedded:time_to_first_token_seconds'],
      itl: ['assay_embedded:inter_token_latency_seconds'],
      'e2e-latency': ['assay_embedded:e2e_request_latency_seconds'],
      'queue-time': ['assay_embedded:request_queue_time_seconds'],
    },
  },
}

/** Assay's reference server. */
export const reference: ServerKind = {
  name: 'reference',
  title: 'Assay’s reference server',
  dialects: [
    'openai-completions',
    'openai-chat',
    'openai-responses',
    'anthropic-messages',
    'vllm-tokens',
    'llamacpp-completion',
    'ollama-generate',
    'ollama-chat',
  ],
  pages: ['/v1/models'],
  refusesOtherModels: false,
  recognise(seen) {
    const owner = ownerOf(seen)
    return owner?.startsWith('assay-reference') ? `/v1/models says owned_by: ${owner}` : undefined
  },
  facts: (seen) => ({ models: openAiModels(seen), settings: {}, notices: [] }),
}

/** Whether a reference server answers, also where it plays another engine. */
export function isSimulated({ pages }: ServerPages): boolean {
  return Object.values(pages).some(({ headers }) => headers['x-assay-timings'] === 'simulated')
}
