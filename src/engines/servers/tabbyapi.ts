import type { ServerKind } from '../../model/server-kind.ts'
import { count, fieldsOf, jsonOf, model, openAiModels, ownedBy, settings, word } from './page.ts'

/** TabbyAPI, the server of the ExLlama family. */
export const tabbyapi: ServerKind = {
  name: 'tabbyapi',
  title: 'TabbyAPI (ExLlama)',
  dialects: ['openai-completions', 'openai-chat'],
  pages: ['/v1/models', '/v1/model'],
  refusesOtherModels: false,
  recognise: ownedBy('tabbyAPI'),
  facts(seen) {
    const loaded = jsonOf(seen, '/v1/model')
    const parameters = fieldsOf(loaded.parameters)
    const contextTokens = count(parameters.max_seq_len)
    const own = model(loaded.id, contextTokens)
    return {
      models: own.length > 0 ? own : openAiModels(seen),
      settings: settings({
        contextTokens,
        maxSequences: count(parameters.max_batch_size),
        kvTokens: count(parameters.cache_size),
        kvDtype: word(parameters.cache_mode),
        prefillChunkTokens: count(parameters.chunk_size),
      }),
      notices: [
        'prompts that begin alike are computed once, in pages of 256 tokens; this cannot be turned off',
        'repeating output is stopped early unless a request says loop_detect_window: 0',
      ],
    }
  },
}
