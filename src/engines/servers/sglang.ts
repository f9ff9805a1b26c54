import type { ServerKind } from '../../model/server-kind.ts'
import {
  count,
  flag,
  jsonOf,
  listOf,
  model,
  not,
  openAiModels,
  ownedBy,
  settings,
  version,
  word,
} from './page.ts'

/** SGLang's server. */
export const sglang: ServerKind = {
  name: 'sglang',
  title: 'SGLang',
  dialects: ['sglang-generate', 'openai-completions', 'openai-chat'],
  pages: ['/v1/models', '/server_info', '/get_server_info'],
  refusesOtherModels: false,
  recognise(seen) {
    const owned = ownedBy('sglang')(seen)
    if (owned !== undefined) return owned
    const page = ['/server_info', '/get_server_info'].find((path) =>
      Object.hasOwn(jsonOf(seen, path), 'mem_fraction_static'),
    )
    return page === undefined ? undefined : `${page} has mem_fraction_static`
  },
  facts(seen) {
    const recent = jsonOf(seen, '/server_info')
    const info = Object.keys(recent).length > 0 ? recent : jsonOf(seen, '/get_server_info')
    const [state = {}] = listOf(info.internal_states)
    const listed = openAiModels(seen)
    const models = listed.length > 0 ? listed : model(info.served_model_name ?? info.model_path)
    const contextTokens = count(info.context_length) ?? models[0]?.contextTokens
    const prefixCache = not(flag(info.disable_radix_cache))
    return {
      ...version(info.version),
      models: models.map(({ name, contextTokens: own = contextTokens }) =>
        own === undefined ? { name } : { name, contextTokens: own },
      ),
      settings: settings({
        contextTokens,
        maxSequences:
          count(info.max_running_requests) ??
          count(state.effective_max_running_requests_per_dp) ??
          count(state.max_running_requests),
        kvTokens: count(info.max_total_num_tokens ?? info.max_total_tokens),
        prefixCache,
        dtype: word(info.dtype),
        quantisation: word(info.quantization),
        kvDtype: word(info.kv_cache_dtype),
        tensorParallel: count(info.tp_size),
        dataParallel: count(info.dp_size),
        prefillChunkTokens: count(info.chunked_prefill_size),
        schedulePolicy: word(info.schedule_policy),
        streamInterval: count(info.stream_interval),
      }),
      notices:
        prefixCache === true
          ? ['the radix cache is on: prompts that begin alike are computed once (--disable-radix-cache)']
          : [],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['sglang:prompt_tokens_total'],
      'generated-tokens': ['sglang:generation_tokens_total'],
      'requests-finished': ['sglang:num_requests_total'],
      'requests-failed': ['sglang:num_aborted_requests_total'],
      'cached-tokens': ['sglang:cached_tokens_total'],
      preemptions: ['sglang:num_retracted_requests_total'],
      running: ['sglang:num_running_reqs'],
      waiting: ['sglang:num_queue_reqs'],
      'kv-usage': ['sglang:token_usage'],
      ttft: ['sglang:time_to_first_token_seconds'],
      itl: ['sglang:inter_token_latency_seconds', 'sglang:time_per_output_token_seconds'],
      'e2e-latency': ['sglang:e2e_request_latency_seconds'],
      'queue-time': ['sglang:queue_time_seconds'],
    },
  },
}
