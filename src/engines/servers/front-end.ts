import type { ServerKind } from '../../model/server-kind.ts'
import { count, fieldsOf, flag, jsonOf, openAiModels, ownedBy, settings, version, word } from './page.ts'

/** Assay's own small FastAPI server around an engine. */
export const frontEnd: ServerKind = {
  name: 'fastapi-front-end',
  title: 'Assay’s FastAPI front end',
  dialects: ['openai-completions'],
  pages: ['/v1/models', '/version'],
  refusesOtherModels: true,
  recognise: ownedBy('llm-assay'),
  facts(seen) {
    const about = jsonOf(seen, '/version')
    const said = fieldsOf(about.settings)
    const models = openAiModels(seen)
    return {
      ...version(about.version),
      models,
      settings: settings({
        contextTokens: models[0]?.contextTokens,
        maxSequences: count(said.maxSequences),
        dtype: word(said.dtype),
        batching: word(said.batching),
        prefixCache: flag(said.prefixCache),
      }),
      notices: [],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['assay_front_end:prompt_tokens_total'],
      'generated-tokens': ['assay_front_end:generation_tokens_total'],
      'requests-finished': ['assay_front_end:request_success_total'],
      running: ['assay_front_end:num_requests_running'],
    },
  },
}
