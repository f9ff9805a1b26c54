import type { Capabilities, ModelList } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { type SamplingFields, samplingFields, spelled } from './request-fields.ts'

/** GET /v1/models. */
export const openAiModels: ModelList = {
  path: '/v1/models',
  names(body) {
    try {
      const list = JSON.parse(body) as { data?: { id?: unknown }[] } | null
      return (list?.data ?? []).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
    } catch {
      return []
    }
  },
}

const openAiSampling: SamplingFields = {
  temperature: 'temperature',
  topP: 'top_p',
  seed: 'seed',
  stop: 'stop',
}

/** What both OpenAI endpoints share. */
export const openAiCapabilities: Omit<Capabilities, 'inputs'> = {
  sampling: spelled(openAiSampling),
  streaming: true,
  exactLength: 'ignore_eos: true',
  usage: 'asked',
  tokensPerEvent: 'one-or-more',
  requestId: 'header X-Request-Id',
  firstToken: 'first delta with text, reasoning or token ids',
  endMarker: 'data: [DONE]',
}

/** The fields that both OpenAI endpoints share: length, sampling, streaming with usage. */
export function commonFields(dialect: string, request: Request): Record<string, unknown> {
  const { output, sampling } = request
  return {
    max_tokens: output.tokens,
    // Not OpenAI's own; vLLM, SGLang, llama.cpp, TensorRT-LLM, LMDeploy and LightLLM read it.
    ...(output.mode === 'exact' ? { ignore_eos: true } : {}),
    ...samplingFields(dialect, openAiSampling, sampling),
    stream: true,
    stream_options: { include_usage: true },
  }
}
