import type { ServerKind } from '../../model/server-kind.ts'
import { count, gauge, jsonOf, openAiModels, ownedBy, settings, version } from './page.ts'

/** `trtllm-serve`, TensorRT-LLM's own server. */
export const trtllmServe: ServerKind = {
  name: 'trtllm-serve',
  title: 'TensorRT-LLM (trtllm-serve)',
  dialects: ['openai-completions', 'openai-chat', 'openai-responses'],
  pages: ['/v1/models', '/version'],
  refusesOtherModels: false,
  recognise: ownedBy('tensorrt_llm'),
  facts(seen) {
    const blocks = gauge(seen, 'trtllm_kv_cache_max_blocks')
    const blockTokens = gauge(seen, 'trtllm_kv_cache_tokens_per_block')
    return {
      ...version(jsonOf(seen, '/version').version),
      models: openAiModels(seen),
      settings: settings({
        maxSequences: count(
          gauge(seen, 'trtllm_max_num_active_requests') ?? gauge(seen, 'trtllm_max_batch_size_static'),
        ),
        kvTokens: blocks === undefined || blockTokens === undefined ? undefined : blocks * blockTokens,
      }),
      notices: [
        'KV blocks are reused by default: prompts that begin alike are computed once (kv_cache_config: {enable_block_reuse: false})',
      ],
    }
  },
  metrics: {
    // Its /metrics is another page: JSON that empties itself when read.
    path: '/prometheus/metrics',
    names: {
      'prompt-tokens': ['trtllm_prompt_tokens_total'],
      'generated-tokens': ['trtllm_generation_tokens_total'],
      'requests-finished': ['trtllm_request_success_total', 'trtllm_num_requests_completed_total'],
      'requests-failed': ['trtllm_request_error_total'],
      'cached-tokens': ['trtllm_prompt_cached_tokens_total', 'trtllm_prompt_cache_hit_tokens_total'],
      preemptions: ['trtllm_num_paused_requests'],
      running: ['trtllm_num_requests_running'],
      waiting: ['trtllm_num_requests_waiting'],
      'kv-usage': ['trtllm_kv_cache_utilization'],
      'drafted-tokens': ['trtllm_spec_decode_num_draft_tokens_total'],
      'accepted-tokens': ['trtllm_spec_decode_num_accepted_tokens_total'],
      ttft: ['trtllm_time_to_first_token_seconds'],
      tpot: ['trtllm_time_per_output_token_seconds'],
      'e2e-latency': ['trtllm_e2e_request_latency_seconds'],
      'queue-time': ['trtllm_request_queue_time_seconds'],
      'prefill-time': ['trtllm_request_prefill_time_seconds'],
      'decode-time': ['trtllm_request_decode_time_seconds'],
    },
  },
}
