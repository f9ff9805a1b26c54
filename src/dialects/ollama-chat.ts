import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { ChatMessage, Request } from '../model/request.ts'
import { ollamaBody, ollamaCapabilities, ollamaExample, ollamaModels } from './ollama-fields.ts'
import { OllamaReader } from './ollama-stream.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { unsupportedInput } from './request-fields.ts'

const name = 'ollama-chat'
const rules = { reply: replyRule } as const

/** POST /api/chat of Ollama. Option: `reply` (stream, or whole). */
export function makeOllamaChat(options: DialectOptions): Dialect {
  const { reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'Ollama: chat',
    path: '/api/chat',
    models: ollamaModels,
    namesModel: true,
    framing: 'ndjson',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: { ...ollamaCapabilities, inputs: ['prompt', 'chat'], streaming },
    encode(request, model, extra) {
      const input = { model, messages: messagesOf(request), stream: streaming }
      return ollamaBody(name, input, request, extra)
    },
    makeReader: () => new OllamaReader(),
    example: ollamaExample((content) => ({ message: { role: 'assistant', content } })),
    errorMessage: openAiErrorMessage,
  }
}

function messagesOf({ input }: Request): readonly ChatMessage[] {
  switch (input.kind) {
    case 'prompt':
      return [{ role: 'user', content: input.text }]
    case 'chat':
      return input.messages
    case 'tokens':
      throw unsupportedInput(name, input.kind, 'Use prompts of text.')
    case 'batch':
      throw unsupportedInput(name, input.kind, 'Leave promptsPerRequest out.')
    case 'rich-chat':
    case 'body':
      throw unsupportedInput(name, input.kind)
    default:
      return input satisfies never
  }
}
