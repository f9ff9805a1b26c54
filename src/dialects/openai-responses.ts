import type { Dialect } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiModels } from './openai-fields.ts'
import { messagesOf, refuseToolMessages } from './openai-messages.ts'
import { ResponsesReader } from './openai-responses-stream.ts'
import { type SamplingFields, samplingFields, spelled } from './request-fields.ts'

const name = 'openai-responses'

/** OpenAI itself reads temperature, top_p and log-probabilities; vLLM all of these. */
const sampling: SamplingFields = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
  logprobs: (count) => ({ top_logprobs: count, include: ['message.output_text.logprobs'] }),
  skipSpecialTokens: 'skip_special_tokens',
}

/** POST /v1/responses: OpenAI, vLLM, llama.cpp, SGLang, transformers serve. */
export const openaiResponses: Dialect = {
  name,
  summary: 'Responses: OpenAI, vLLM, SGLang, llama.cpp, transformers serve',
  path: '/v1/responses',
  models: openAiModels,
  namesModel: true,
  framing: 'sse',
  contentType: 'application/json',
  headers: {},
  keyHeader: 'authorization',
  capabilities: {
    inputs: ['prompt', 'chat'],
    sampling: spelled(sampling),
    streaming: true,
    exactLength: 'ignore_eos: true',
    usage: 'always',
    tokensPerEvent: 'one-or-more',
    requestId: 'header X-Request-Id',
    firstToken: 'first delta with text, reasoning or arguments of a call',
    endMarker: 'response.completed or response.incomplete',
  },
  encode(request, model, extra) {
    return JSON.stringify({
      model,
      input: inputOf(request),
      max_output_tokens: request.output.tokens,
      // Not OpenAI's own; vLLM and llama.cpp read it.
      ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
      ...samplingFields(name, sampling, request.sampling),
      store: false,
      stream: true,
      ...extra,
    })
  },
  makeReader: () => new ResponsesReader(),
  example: {
    events: [
      frame('response.created', {
        response: { id: 'example', object: 'response', status: 'in_progress', output: [] },
      }) +
        frame('response.output_item.added', {
          output_index: 0,
          item: { id: 'message', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
        }) +
        frame('response.content_part.added', {
          item_id: 'message',
          output_index: 0,
          content_index: 0,
          part: { type: 'output_text', text: '', annotations: [] },
        }) +
        textDelta(' one'),
      textDelta(' two'),
    ],
    ending:
      frame('response.output_text.done', {
        item_id: 'message',
        output_index: 0,
        content_index: 0,
        text: ' one two',
      }) +
      frame('response.completed', {
        response: {
          id: 'example',
          object: 'response',
          status: 'completed',
          incomplete_details: null,
          usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
        },
      }),
  },
  errorMessage: openAiErrorMessage,
}

function inputOf(request: Request): unknown {
  if (request.input.kind === 'prompt') return request.input.text
  const messages = messagesOf(name, request)
  refuseToolMessages(name, messages)
  return messages
}

function frame(type: string, fields: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

function textDelta(delta: string): string {
  return frame('response.output_text.delta', {
    item_id: 'message',
    output_index: 0,
    content_index: 0,
    delta,
  })
}
