import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { AnthropicReader } from './anthropic-messages-stream.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiModels } from './openai-fields.ts'
import { messagesOf, refuseToolMessages } from './openai-messages.ts'
import { readOptions } from './option-rules.ts'
import { type SamplingFields, samplingFields, spelled } from './request-fields.ts'

const name = 'anthropic-messages'
const rules = { auth: { oneOf: ['key', 'bearer'] } } as const

const sampling: SamplingFields = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
}

/** POST /v1/messages: Anthropic, vLLM, SGLang, llama.cpp. Option: `auth` (x-api-key, or a bearer key as vLLM wants it). */
export function makeAnthropicMessages(options: DialectOptions): Dialect {
  const { auth } = readOptions(name, options, rules)
  return {
    name,
    options: rules,
    summary: 'Anthropic messages: Anthropic, vLLM, SGLang, llama.cpp',
    path: '/v1/messages',
    models: openAiModels,
    namesModel: true,
    framing: 'sse',
    contentType: 'application/json',
    headers: { 'anthropic-version': '2023-06-01' },
    keyHeader: auth === 'key' ? 'x-api-key' : 'authorization',
    capabilities: {
      inputs: ['prompt', 'chat'],
      sampling: spelled(sampling),
      streaming: true,
      usage: 'always',
      tokensPerEvent: 'one-or-more',
      requestId: 'header X-Request-Id',
      firstToken: 'first content_block_delta with text, thinking or input of a tool',
      endMarker: 'message_stop, or a stop_reason',
    },
    encode(request, model, extra) {
      return JSON.stringify({
        model,
        max_tokens: request.output.tokens,
        ...conversationOf(request),
        ...samplingFields(name, sampling, request.sampling),
        stream: true,
        ...extra,
      })
    },
    makeReader: () => new AnthropicReader(),
    example: {
      events: [
        frame('message_start', {
          message: {
            id: 'example',
            type: 'message',
            role: 'assistant',
            content: [],
            model: 'example',
            stop_reason: null,
            stop_sequence: null,
            usage: { input_tokens: 3, output_tokens: 0 },
          },
        }) +
          frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
          textDelta(' one'),
        textDelta(' two'),
      ],
      ending:
        frame('content_block_stop', { index: 0 }) +
        frame('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 2 },
        }) +
        frame('message_stop', {}),
    },
    errorMessage: openAiErrorMessage,
  }
}

/** System messages stand apart from the conversation. */
function conversationOf(request: Request): { system?: string; messages: readonly unknown[] } {
  const all = messagesOf(name, request)
  refuseToolMessages(name, all)
  const system = all.filter(({ role }) => role === 'system').map(({ content }) => content)
  const messages = all.filter(({ role }) => role !== 'system')
  return { ...(system.length === 0 ? {} : { system: system.join('\n\n') }), messages }
}

function frame(type: string, fields: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

function textDelta(text: string): string {
  return frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
}
