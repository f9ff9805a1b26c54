import type { ServerKind } from '../../model/server-kind.ts'
import { fieldsOf, hasRoutes, jsonOf, openAiModels, version } from './page.ts'

/** `python -m llama_cpp.server`. */
export const llamaCppPython: ServerKind = {
  name: 'llama-cpp-python',
  title: 'llama-cpp-python server',
  dialects: ['openai-completions', 'openai-chat'],
  pages: ['/v1/models', '/openapi.json'],
  refusesOtherModels: false,
  recognise(seen) {
    return hasRoutes(seen, ['/extras/tokenize', '/v1/completions'])
      ? '/openapi.json has /extras/tokenize'
      : undefined
  },
  facts: (seen) => ({
    ...version(fieldsOf(jsonOf(seen, '/openapi.json').info).version),
    models: openAiModels(seen),
    settings: { maxSequences: 1 },
    notices: [
      'it answers one request at a time; unless started with --interrupt_requests false, a second request cuts the first short',
      'streams carry no token counts: name the tokenizer of the model in the target',
    ],
  }),
}
