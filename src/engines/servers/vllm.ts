import type { ServerKind } from '../../model/server-kind.ts'
import { count, flag, infoLabels, jsonOf, openAiModels, ownedBy, settings, version, word } from './page.ts'

/** `vllm serve`, and what answers like it. */
export const vllm: ServerKind = {
  name: 'vllm',
  title: 'vLLM',
  dialects: ['openai-completions', 'openai-chat', 'vllm-tokens', 'openai-responses', 'anthropic-messages'],
  pages: ['/v1/models', '/version'],
  refusesOtherModels: true,
  recognise: ownedBy('vllm'),
  facts(seen) {
    const models = openAiModels(seen)
    const cache = infoLabels(seen, 'vllm:cache_config_info')
    const blocks = count(cache.num_gpu_blocks)
    const blockTokens = count(cache.block_size)
    const prefixCache = flag(cache.enable_prefix_caching)
    return {
      ...version(jsonOf(seen, '/version').version),
      models,
      settings: settings({
        contextTokens: models[0]?.contextTokens,
        prefixCache,
        kvTokens:
          count(cache.kv_cache_size_tokens) ??
          (blocks === undefined || blockTokens === undefined ? undefined : blocks * blockTokens),
        kvDtype: word(cache.cache_dtype),
        gpuMemoryShare: count(cache.gpu_memory_utilization),
      }),
      notices:
        prefixCache === true
          ? [
              'the prefix cache is on: prompts that begin alike are computed once (--no-enable-prefix-caching)',
            ]
          : [],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['vllm:prompt_tokens_total'],
      'generated-tokens': ['vllm:generation_tokens_total'],
      'requests-finished': ['vllm:request_success_total'],
      'cached-tokens': [
        'vllm:prefix_cache_hits_total',
        'vllm:prompt_tokens_cached_total',
        'vllm:gpu_prefix_cache_hits_total',
      ],
      preemptions: ['vllm:num_preemptions_total'],
      running: ['vllm:num_requests_running'],
      waiting: ['vllm:num_requests_waiting'],
      'kv-usage': ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
      'drafted-tokens': ['vllm:spec_decode_num_draft_tokens_total'],
      'accepted-tokens': ['vllm:spec_decode_num_accepted_tokens_total'],
      ttft: ['vllm:time_to_first_token_seconds'],
      itl: ['vllm:inter_token_latency_seconds', 'vllm:time_per_output_token_seconds'],
      tpot: ['vllm:request_time_per_output_token_seconds'],
      'e2e-latency': ['vllm:e2e_request_latency_seconds'],
      'queue-time': ['vllm:request_queue_time_seconds'],
      'prefill-time': ['vllm:request_prefill_time_seconds'],
      'decode-time': ['vllm:request_decode_time_seconds'],
    },
  },
}
