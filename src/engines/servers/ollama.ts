import type { ServerKind } from '../../model/server-kind.ts'
import { count, fieldsOf, jsonOf, listOf, model, settings, textOf, version, word } from './page.ts'

/** Ollama. */
export const ollama: ServerKind = {
  name: 'ollama',
  title: 'Ollama',
  dialects: ['ollama-generate', 'ollama-chat', 'openai-completions', 'openai-chat'],
  pages: ['/', '/api/version', '/api/tags', '/api/ps'],
  refusesOtherModels: true,
  recognise: (seen) =>
    textOf(seen, '/')?.trim() === 'Ollama is running' ? '/ says "Ollama is running"' : undefined,
  facts(seen) {
    const loaded = listOf(jsonOf(seen, '/api/ps').models)
    const contextOf = (name: unknown) => loaded.find((one) => one.name === name)?.context_length
    const tags = listOf(jsonOf(seen, '/api/tags').models)
    return {
      ...version(jsonOf(seen, '/api/version').version),
      models: tags.flatMap(({ name }) => model(name, contextOf(name))),
      settings: settings({
        contextTokens: count(loaded[0]?.context_length),
        quantisation: word(fieldsOf((loaded[0] ?? tags[0])?.details).quantization_level),
      }),
      notices: [
        'it answers OLLAMA_NUM_PARALLEL requests at a time, by default 1; others wait',
        'the end of the text cannot be ignored, prompts above the context are cut without a word, and prompts that begin alike are computed once',
      ],
    }
  },
}
