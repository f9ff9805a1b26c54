import type { ServerKind } from '../../model/server-kind.ts'
import {
  count,
  decimal,
  fieldsOf,
  jsonOf,
  modelCards,
  openAiModels,
  ownedBy,
  settings,
  version,
  word,
} from './page.ts'

/** `llama-server`. */
export const llamacpp: ServerKind = {
  name: 'llamacpp',
  title: 'llama.cpp server',
  dialects: [
    'llamacpp-completion',
    'openai-completions',
    'openai-chat',
    'openai-responses',
    'anthropic-messages',
  ],
  pages: ['/v1/models', '/props'],
  refusesOtherModels: false,
  recognise(seen) {
    const header = seen.pages['/v1/models']?.headers.server
    if (header === 'llama.cpp') return 'header Server: llama.cpp'
    return ownedBy('llamacpp')(seen)
  },
  facts(seen) {
    const props = jsonOf(seen, '/props')
    const defaults = fieldsOf(props.default_generation_settings)
    const params = fieldsOf(defaults.params)
    const meta = fieldsOf(modelCards(seen)[0]?.meta)
    const slots = count(props.total_slots)
    const contextTokens = count(defaults.n_ctx)
    const sampling = (name: string) => decimal(params[name] ?? defaults[name])
    return {
      ...version(props.build_info),
      models: openAiModels(seen).map(({ name, contextTokens: listed }) => {
        const own = contextTokens ?? listed
        return own === undefined ? { name } : { name, contextTokens: own }
      }),
      settings: settings({
        maxSequences: slots,
        contextTokens,
        quantisation: word(meta.ftype),
        defaultTemperature: sampling('temperature'),
        defaultTopK: sampling('top_k'),
        defaultTopP: sampling('top_p'),
        defaultMinP: sampling('min_p'),
        defaultRepetitionPenalty: sampling('repeat_penalty'),
      }),
      notices: [
        ...(slots === undefined
          ? []
          : [
              `${slots === 1 ? 'one slot' : `${slots} slots`}${contextTokens === undefined ? '' : ` of ${contextTokens} tokens${slots === 1 ? '' : ' each'}`}: further requests wait unseen`,
            ]),
        'the prompt cache is on unless a request says cache_prompt: false (or the server --no-cache-prompt): a repeated prompt is not computed again',
      ],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      // Builds since August 2026 count cached tokens apart.
      'prompt-tokens': [['llamacpp:prompt_tokens_total', 'llamacpp:prompt_tokens_cached_total']],
      'generated-tokens': ['llamacpp:tokens_predicted_total'],
      'cached-tokens': ['llamacpp:prompt_tokens_cached_total'],
      running: ['llamacpp:requests_processing'],
      waiting: ['llamacpp:requests_deferred'],
      'kv-usage': ['llamacpp:kv_cache_usage_ratio'],
      'drafted-tokens': ['llamacpp:spec_decode_num_draft_tokens_total'],
      'accepted-tokens': ['llamacpp:spec_decode_num_accepted_tokens_total'],
    },
  },
}
