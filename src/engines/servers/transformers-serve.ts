import type { ServerKind } from '../../model/server-kind.ts'
import { hasRoutes, openAiModels } from './page.ts'

/** `transformers serve`. */
export const transformersServe: ServerKind = {
  name: 'transformers-serve',
  title: 'Hugging Face transformers serve',
  dialects: ['openai-completions', 'openai-chat', 'openai-responses'],
  pages: ['/v1/models', '/openapi.json'],
  refusesOtherModels: false,
  recognise: (seen) =>
    hasRoutes(seen, ['/load_model', '/v1/chat/completions']) ? '/openapi.json has /load_model' : undefined,
  facts: (seen) => ({
    models: openAiModels(seen),
    settings: {},
    notices: [
      'it answers one request at a time unless started with --continuous-batching',
      'a model may be loaded by the first request: warm it up',
    ],
  }),
}
