import type { Dialect } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { nestedBody } from './nested-body.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiCapabilities, openAiModels } from './openai-fields.ts'
import { OpenAiReader } from './openai-stream.ts'
import { type SamplingFields, samplingFields, spelled, unsupportedInput } from './request-fields.ts'

const name = 'vllm-tokens'

/** Not n: each answer would be told of as if it were a prompt of its own. */
const sampling = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
} as const satisfies SamplingFields

/** POST /inference/v1/generate of vLLM: token ids in, token ids out, no text on either side. */
export const vllmTokens: Dialect = {
  name,
  summary: 'Token ids in, token ids out: vLLM, without what text costs a server',
  path: '/inference/v1/generate',
  models: openAiModels,
  namesModel: true,
  framing: 'sse',
  contentType: 'application/json',
  headers: {},
  keyHeader: 'authorization',
  capabilities: {
    ...openAiCapabilities,
    inputs: ['tokens'],
    sampling: spelled(sampling),
    exactLength: 'sampling_params.ignore_eos: true',
    requestId: 'header X-Request-Id',
    prefixCacheOff: 'cache_salt: a text of its own',
    firstToken: 'first event with token ids',
  },
  encode(request, model, extra) {
    const settings = {
      max_tokens: request.output.tokens,
      ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
      ...samplingFields(name, sampling, request.sampling),
    }
    const streams = typeof extra.stream === 'boolean' ? extra.stream : true
    const body = {
      model,
      token_ids: idsOf(request),
      stream: streams,
      ...(streams ? { stream_options: { include_usage: true } } : {}),
    }
    return nestedBody(body, 'sampling_params', settings, extra)
  },
  makeReader: () => new OpenAiReader({ onePrompt: true }),
  example: {
    events: [
      frame({ index: 0, logprobs: null, finish_reason: null, token_ids: [5] }),
      frame({ index: 0, logprobs: null, finish_reason: null, token_ids: [6] }),
    ],
    ending:
      frame({ index: 0, logprobs: null, finish_reason: 'stop', token_ids: [] }) +
      'data: {"request_id":"example","choices":[],"usage":{"prompt_tokens":3,"total_tokens":5,"completion_tokens":2}}\n\n' +
      'data: [DONE]\n\n',
  },
  errorMessage: openAiErrorMessage,
}

function idsOf({ input }: Request): readonly number[] {
  if (input.kind === 'tokens') return input.ids
  throw unsupportedInput(name, input.kind)
}

function frame(choice: object): string {
  return `data: ${JSON.stringify({ request_id: 'example', choices: [choice] })}\n\n`
}
