import type { ServerKind } from '../../model/server-kind.ts'
import { count, flag, infoLabels, openAiModels, ownedBy, settings, word } from './page.ts'

/** `lmdeploy serve api_server`. */
export const lmdeploy: ServerKind = {
  name: 'lmdeploy',
  title: 'LMDeploy',
  dialects: ['lmdeploy-generate', 'openai-completions', 'openai-chat'],
  pages: ['/v1/models'],
  refusesOtherModels: true,
  recognise: ownedBy('lmdeploy'),
  facts(seen) {
    const config = infoLabels(seen, 'lmdeploy:backend_config')
    const prefixCache = flag(config.enable_prefix_caching)
    return {
      models: openAiModels(seen),
      settings: settings({
        contextTokens: count(config.session_len),
        maxSequences: count(config.max_batch_size),
        prefixCache,
        dtype: word(config.dtype),
        kvQuantisation: word(config.quant_policy),
        tensorParallel: count(config.tp),
        kvMemoryShare: count(config.cache_max_entry_count),
      }),
      notices:
        prefixCache === true
          ? ['the prefix cache is on: prompts that begin alike are computed once (--enable-prefix-caching)']
          : [],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['lmdeploy:prompt_tokens_total'],
      'generated-tokens': ['lmdeploy:generation_tokens_total'],
      'requests-finished': ['lmdeploy:request_success_total'],
      'requests-failed': ['lmdeploy:num_requests_failed'],
      'cached-tokens': ['lmdeploy:cached_tokens_total'],
      running: ['lmdeploy:num_requests_running'],
      waiting: ['lmdeploy:num_requests_waiting'],
      'kv-usage': ['lmdeploy:gpu_cache_usage_perc'],
      'drafted-tokens': ['lmdeploy:spec_decode_num_draft_tokens_total'],
      'accepted-tokens': ['lmdeploy:spec_decode_num_accepted_tokens_total'],
      ttft: ['lmdeploy:time_to_first_token_seconds'],
      itl: ['lmdeploy:iter_token_latency'],
      tpot: ['lmdeploy:time_per_output_token_seconds'],
      'e2e-latency': ['lmdeploy:e2e_request_latency_seconds'],
      'queue-time': ['lmdeploy:request_queue_time_seconds'],
      'prefill-time': ['lmdeploy:request_prefill_time_seconds'],
      'decode-time': ['lmdeploy:request_decode_time_seconds'],
    },
  },
}
