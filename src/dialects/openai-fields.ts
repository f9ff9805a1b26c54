import type { Request } from '../model/request.ts'

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
