import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { openAiErrorMessage } from './openai-error.ts'
import {
  bodyOf,
  chatSampling,
  exactLengthRule,
  exactLengths,
  lengthFieldRule,
  openAiCapabilities,
  openAiModels,
} from './openai-fields.ts'
import { messagesOf } from './openai-messages.ts'
import { OpenAiReader } from './openai-stream.ts'
import { readOptions } from './option-rules.ts'
import { spelled } from './request-fields.ts'
import { verbatimBody } from './verbatim-body.ts'

const name = 'openai-chat'
const rules = { exactLength: exactLengthRule, lengthField: lengthFieldRule } as const

/**
 * POST /v1/chat/completions: vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM, Ollama, hosted APIs. Options: `exactLength`
 * (how N tokens are forced) and `lengthField` (what the cap is called).
 */
export function makeOpenaiChat(options: DialectOptions): Dialect {
  const { exactLength, lengthField } = readOptions(name, options, rules)
  const spelling = { dialect: name, sampling: chatSampling, lengthField, exactLength, asksUsage: true }
  return {
    name,
    options: rules,
    summary: 'Chat completions: vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM, Ollama, hosted APIs',
    path: '/v1/chat/completions',
    models: openAiModels,
    namesModel: true,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      ...openAiCapabilities,
      inputs: ['prompt', 'chat', 'rich-chat', 'body'],
      sampling: spelled(chatSampling),
      exactLength: exactLengths[exactLength].says,
      requestId: 'header X-Request-Id',
    },
    encode: (request, model, extra) =>
      request.input.kind === 'body'
        ? verbatimBody(request.input.text, extra)
        : bodyOf(spelling, { model, ...chatOf(request) }, request, extra),
    makeReader: () => new OpenAiReader({ onePrompt: true }),
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
}

/** What is passed on as it is needs no words of ours. */
function chatOf(request: Request): Readonly<Record<string, unknown>> {
  const { input } = request
  if (input.kind !== 'rich-chat') return { messages: messagesOf(name, request) }
  return { messages: input.messages, ...(input.tools === undefined ? {} : { tools: input.tools }) }
}

/** The dialect as most servers speak it. */
export const openaiChat = makeOpenaiChat({})
