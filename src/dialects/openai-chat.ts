import type { Dialect } from '../model/dialect.ts'
import type { ChatMessage, Request } from '../model/request.ts'
import { commonFields, openAiCapabilities, openAiModels } from './openai-fields.ts'
import { OpenAiReader, openAiErrorMessage } from './openai-stream.ts'
import { unsupportedInput } from './request-fields.ts'

/** POST /v1/chat/completions: vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM, Ollama, hosted APIs. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  summary: 'Chat completions: vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM, Ollama, hosted APIs',
  path: '/v1/chat/completions',
  models: openAiModels,
  namesModel: true,
  framing: 'sse',
  contentType: 'application/json',
  headers: {},
  keyHeader: 'authorization',
  capabilities: { inputs: ['prompt', 'chat'], ...openAiCapabilities },
  encode(request, model, extra) {
    return JSON.stringify({
      model,
      messages: messagesOf(request),
      ...commonFields('openai-chat', request),
      ...extra,
    })
  },
  makeReader: () => new OpenAiReader(),
  example: {
    events: [' one', ' two'].map(
      (content) =>
        `data: {"id":"example","object":"chat.completion.chunk","created":1,"model":"example","choices":[{"index":0,"delta":{"content":"${content}"},"logprobs":null,"finish_reason":null}]}\n\n`,
    ),
    ending:
      'data: {"id":"example","object":"chat.completion.chunk","created":1,"model":"example","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}\n\n' +
      'data: {"id":"example","object":"chat.completion.chunk","created":1,"model":"example","choices":[],"usage":{"prompt_tokens":3,"total_tokens":5,"completion_tokens":2}}\n\n' +
      'data: [DONE]\n\n',
  },
  errorMessage: openAiErrorMessage,
}

function messagesOf(request: Request): readonly ChatMessage[] {
  switch (request.input.kind) {
    case 'prompt':
      return [{ role: 'user', content: request.input.text }]
    case 'chat':
      return request.input.messages
    case 'tokens':
      throw unsupportedInput(
        'openai-chat',
        request.input.kind,
        'Use the dialect openai-completions, or prompts of text.',
      )
    case 'batch':
      throw unsupportedInput('openai-chat', request.input.kind, 'Leave promptsPerRequest out.')
    default:
      return request.input satisfies never
  }
}
