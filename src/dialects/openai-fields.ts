import type { Capabilities, ModelList } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'

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

/** What both OpenAI endpoints share. */
export const openAiCapabilities: Omit<Capabilities, 'inputs'> = {
  sampling: ['temperature', 'topP', 'seed', 'stop'],
  streaming: true,
  exactLength: 'ignore_eos: true',
  usage: 'asked',
  tokensPerEvent: 'one-or-more',
  requestId: 'header X-Request-Id',
  firstToken: 'first delta with text, reasoning or token ids',
  endMarker: 'data: [DONE]',
}

/** The fields that both OpenAI endpoints share: length, sampling, streaming with usage. */
export function commonFields(request: Request): Record<string, unknown> {
  const { output, sampling } = request
  return {
    max_tokens: output.tokens,
    // Not OpenAI's own; vLLM, SGLang, llama.cpp, TensorRT-LLM, LMDeploy and LightLLM read it.
    ...(output.mode === 'exact' ? { ignore_eos: true } : {}),
    ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === undefined ? {} : { top_p: sampling.topP }),
    ...(sampling.seed === undefined ? {} : { seed: sampling.seed }),
    ...(sampling.stop === undefined ? {} : { stop: sampling.stop }),
    stream: true,
    stream_options: { include_usage: true },
  }
}
