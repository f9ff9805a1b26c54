import type { Dialect, DialectOptions } from '../model/dialect.ts'
import { ollamaBody, ollamaCapabilities, ollamaExample, ollamaModels } from './ollama-fields.ts'
import { OllamaReader } from './ollama-stream.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { textOf } from './request-fields.ts'

const name = 'ollama-generate'
const rules = { template: { oneOf: ['none', 'model'] }, reply: replyRule } as const

/**
 * POST /api/generate of Ollama: one text. Options: `template` (none, or the model's own around the prompt), `reply`
 * (stream, or whole).
 */
export function makeOllamaGenerate(options: DialectOptions): Dialect {
  const { template, reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'Ollama: the continuation of a text',
    path: '/api/generate',
    models: ollamaModels,
    namesModel: true,
    framing: 'ndjson',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: { ...ollamaCapabilities, inputs: ['prompt'], streaming },
    encode(request, model, extra) {
      const input = { model, prompt: textOf(name, request), raw: template === 'none', stream: streaming }
      return ollamaBody(name, input, request, extra)
    },
    makeReader: () => new OllamaReader(),
    example: ollamaExample((response) => ({ response })),
    errorMessage: openAiErrorMessage,
  }
}
