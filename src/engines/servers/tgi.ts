import type { ServerKind } from '../../model/server-kind.ts'
import { count, jsonOf, model, settings, version, word } from './page.ts'

/** Text Generation Inference. */
export const tgi: ServerKind = {
  name: 'tgi',
  title: 'Text Generation Inference',
  dialects: ['tgi', 'openai-completions', 'openai-chat'],
  pages: ['/info'],
  refusesOtherModels: false,
  recognise(seen) {
    const { model_id, max_concurrent_requests, max_total_tokens, router } = jsonOf(seen, '/info')
    if (router === 'text-generation-router') return '/info says router: text-generation-router'
    const known = word(model_id) !== undefined && count(max_concurrent_requests) !== undefined
    return known && count(max_total_tokens) !== undefined
      ? '/info has model_id, max_concurrent_requests and max_total_tokens'
      : undefined
  },
  facts(seen) {
    const info = jsonOf(seen, '/info')
    const most = count(info.max_concurrent_requests)
    return {
      ...version(info.version),
      models: model(info.model_id, info.max_total_tokens),
      settings: settings({
        contextTokens: count(info.max_total_tokens),
        maxInputTokens: count(info.max_input_tokens ?? info.max_input_length),
        maxConcurrentRequests: most,
        maxBatchTokens: count(info.max_batch_total_tokens),
        maxBatchSize: count(info.max_batch_size),
        waitingServedRatio: count(info.waiting_served_ratio),
        dtype: word(info.model_dtype),
        device: word(info.model_device_type),
        image: word(info.docker_label),
      }),
      notices: [
        ...(most === undefined
          ? []
          : [`more than ${most} requests at a time are refused with 429 (--max-concurrent-requests)`]),
        'the end of the text cannot be ignored: output lengths are upper limits',
      ],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['tgi_request_input_length_sum'],
      'generated-tokens': ['tgi_request_generated_tokens_sum'],
      'requests-finished': ['tgi_request_success'],
      'requests-failed': ['tgi_request_failure'],
      running: ['tgi_batch_current_size'],
      waiting: ['tgi_queue_size'],
      'accepted-tokens': ['tgi_request_skipped_tokens_sum'],
      tpot: ['tgi_request_mean_time_per_token_duration'],
      'e2e-latency': ['tgi_request_duration'],
      'queue-time': ['tgi_request_queue_duration'],
    },
  },
}
