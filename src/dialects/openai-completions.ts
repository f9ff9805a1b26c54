import type { Dialect } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { commonFields, openAiCapabilities, openAiModels } from './openai-fields.ts'
import { OpenAiReader, openAiErrorMessage } from './openai-stream.ts'
import { unsupportedInput } from './request-fields.ts'

/** POST /v1/completions: text or token ids in, text out, no chat template. */
export const openaiCompletions: Dialect = {
  name: 'openai-completions',
  summary: 'Completions of a text or token ids: vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM',
  path: '/v1/completions',
  models: openAiModels,
  namesModel: true,
  framing: 'sse',
  contentType: 'application/json',
  headers: {},
  keyHeader: 'authorization',
  capabilities: { inputs: ['prompt', 'tokens'], ...openAiCapabilities },
  encode(request, model, extra) {
    return JSON.stringify({
      model,
      prompt: promptOf(request),
      ...commonFields('openai-completions', request),
      ...extra,
    })
  },
  makeReader: () => new OpenAiReader(),
  example: {
    events: [' one', ' two'].map(
      (text) =>
        `data: {"id":"example","object":"text_completion","created":1,"model":"example","choices":[{"index":0,"text":"${text}","logprobs":null,"finish_reason":null}],"usage":null}\n\n`,
    ),
    ending:
      'data: {"id":"example","object":"text_completion","created":1,"model":"example","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n' +
      'data: {"id":"example","object":"text_completion","created":1,"model":"example","choices":[],"usage":{"prompt_tokens":3,"total_tokens":5,"completion_tokens":2}}\n\n' +
      'data: [DONE]\n\n',
  },
  errorMessage: openAiErrorMessage,
}

function promptOf(request: Request): string | readonly number[] {
  switch (request.input.kind) {
    case 'prompt':
      return request.input.text
    case 'tokens':
      return request.input.ids
    case 'chat':
      throw unsupportedInput(
        'openai-completions',
        request.input.kind,
        'Use the dialect openai-chat, or a workload of plain prompts.',
      )
    case 'batch':
      throw unsupportedInput('openai-completions', request.input.kind, 'Leave promptsPerRequest out.')
    default:
      return request.input satisfies never
  }
}
