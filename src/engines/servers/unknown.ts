import type { ServerKind } from '../../model/server-kind.ts'
import { openAiModels, settings } from './page.ts'

/** Whatever is not known by name; most such servers speak OpenAI's API. */
export const unknownServer: ServerKind = {
  name: 'unknown',
  title: 'a server that Assay does not know',
  dialects: ['openai-chat', 'openai-completions'],
  pages: ['/v1/models'],
  refusesOtherModels: true,
  recognise: ({ pages }) => (pages['/v1/models']?.status === 200 ? '/v1/models answers' : 'nothing it says'),
  facts(seen) {
    const models = openAiModels(seen)
    return { models, settings: settings({ contextTokens: models[0]?.contextTokens }), notices: [] }
  },
  metrics: { path: '/metrics', names: {} },
}
