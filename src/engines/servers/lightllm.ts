import type { ServerKind } from '../../model/server-kind.ts'
import { count, flag, jsonOf, not, openAiModels, ownedBy, settings, version, word } from './page.ts'

/** LightLLM's API server. */
export const lightllm: ServerKind = {
  name: 'lightllm',
  title: 'LightLLM',
  dialects: ['lightllm', 'openai-completions', 'openai-chat'],
  pages: ['/v1/models', '/token_load', '/get_server_info'],
  refusesOtherModels: false,
  recognise(seen) {
    const load = jsonOf(seen, '/token_load')
    return Object.hasOwn(load, 'current_load') && Object.hasOwn(load, 'logical_max_load')
      ? '/token_load answers'
      : ownedBy('lightllm')(seen)
  },
  facts(seen) {
    const info = jsonOf(seen, '/get_server_info')
    const contextTokens = count(info.max_req_total_len)
    const prefixCache = not(flag(info.disable_dynamic_prompt_cache))
    return {
      ...version(info.version),
      models: openAiModels(seen).map(({ name, contextTokens: listed }) => {
        const own = listed ?? contextTokens
        return own === undefined ? { name } : { name, contextTokens: own }
      }),
      settings: settings({
        contextTokens,
        maxSequences: count(info.running_max_req_size),
        kvTokens: count(info.max_total_token_num),
        prefixCache,
        dtype: word(info.data_type),
        quantisation: word(info.quant_type),
        kvDtype: word(info.llm_kv_type),
        tensorParallel: count(info.tp),
        prefillChunkTokens: count(info.chunked_prefill_size),
      }),
      notices:
        prefixCache === true
          ? [
              'the prompt cache is on: prompts that begin alike are computed once (--disable_dynamic_prompt_cache)',
            ]
          : [],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['lightllm_prompt_tokens_total', 'lightllm_request_input_length_sum'],
      'generated-tokens': ['lightllm_generation_tokens_total', 'lightllm_request_generated_tokens_sum'],
      'requests-finished': ['lightllm_request_success_total'],
      'requests-failed': ['lightllm_request_failure_total'],
      'cached-tokens': ['lightllm_cache_length_sum'],
      preemptions: ['lightllm_batch_pause_size'],
      running: ['lightllm_num_running_reqs', 'lightllm_batch_current_size'],
      waiting: ['lightllm_queue_size'],
      ttft: ['lightllm_request_first_token_duration'],
      tpot: ['lightllm_request_mean_time_per_token_duration'],
      'e2e-latency': ['lightllm_request_inference_duration'],
    },
  },
}
