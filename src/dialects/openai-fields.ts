import type { Capabilities, ModelList, OptionRule } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import { type SamplingFields, samplingFields } from './request-fields.ts'

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

/** What OpenAI itself reads at both endpoints. */
export const plainSampling = {
  temperature: 'temperature',
  topP: 'top_p',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  n: 'n',
  seed: 'seed',
  stop: 'stop',
} as const satisfies SamplingFields

/** Plus what vLLM, SGLang, LMDeploy and TensorRT-LLM added. llama.cpp reads all but the penalty and the beams. */
const extendedSampling = {
  ...plainSampling,
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  // The width of the search is n, and all beams are answers.
  beams: (width) => ({ use_beam_search: true, n: width }),
  addSpecialTokens: 'add_special_tokens',
  skipSpecialTokens: 'skip_special_tokens',
} as const satisfies SamplingFields

/** How chat completions ask for log-probabilities. */
export const chatLogprobs = {
  logprobs: (count) => ({ logprobs: true, top_logprobs: count }),
} as const satisfies SamplingFields

/** Sampling settings of /v1/chat/completions. */
export const chatSampling = { ...extendedSampling, ...chatLogprobs } as const satisfies SamplingFields

/** Sampling settings of /v1/completions. */
export const completionsSampling = {
  ...extendedSampling,
  logprobs: 'logprobs',
} as const satisfies SamplingFields

/** How a server is made to produce exactly N tokens. */
export const exactLengths = {
  /** vLLM, SGLang, llama.cpp, TensorRT-LLM, LMDeploy, LightLLM, TabbyAPI, OpenVINO Model Server. */
  ignore_eos: { says: 'ignore_eos: true', fields: () => ({ ignore_eos: true }) },
  /** llama-cpp-python, and whoever refuses ignore_eos. */
  min_tokens: { says: 'min_tokens: N', fields: (tokens: number) => ({ min_tokens: tokens }) },
  /** transformers serve, which takes a generation config as text and refuses unknown fields. */
  generation_config: {
    says: 'generation_config with min_new_tokens: N',
    fields: (tokens: number) => ({
      generation_config: JSON.stringify({ max_new_tokens: tokens, min_new_tokens: tokens }),
    }),
  },
} as const
export type ExactLength = keyof typeof exactLengths

/** Option of the OpenAI dialects. */
export const exactLengthRule = {
  oneOf: ['ignore_eos', 'min_tokens', 'generation_config'],
} as const satisfies OptionRule

/** Option of the chat dialects: OpenAI's reasoning models take the longer name alone. */
export const lengthFieldRule = {
  oneOf: ['max_tokens', 'max_completion_tokens'],
} as const satisfies OptionRule

/** What all servers of OpenAI's chunks share. */
export const openAiCapabilities = {
  streaming: true,
  usage: 'asked',
  tokensPerEvent: 'one-or-more',
  firstToken: 'first delta with text, reasoning, a tool call or token ids',
  endMarker: 'data: [DONE], or a finish_reason and the end of the reply',
} as const satisfies Partial<Capabilities>

/** How one dialect spells the end of a request body. */
export interface BodySpelling {
  readonly dialect: string
  readonly sampling: SamplingFields
  readonly lengthField: string
  /** Absent: the length is capped alone. */
  readonly exactLength?: ExactLength
  /** Whether the server may be asked for usage. */
  readonly asksUsage: boolean
}

/**
 * A request body: `input`, then length, sampling, streaming with usage, then `extra`. A beam search is not streamed, as
 * its best beam is known at its end alone. Throws `unsupported-sampling`.
 */
export function bodyOf(
  spelling: BodySpelling,
  input: Readonly<Record<string, unknown>>,
  { output, sampling }: Request,
  extra: Readonly<Record<string, unknown>>,
): string {
  const { dialect, lengthField, exactLength, asksUsage } = spelling
  const { beams, n } = sampling
  if (beams !== undefined && n !== undefined && n !== beams) {
    throw new AssayError('unsupported-sampling', `${dialect} cannot give ${n} of ${beams} beams.`, {
      hint: 'Leave n out: a beam search answers with all its beams.',
    })
  }
  const streams = typeof extra.stream === 'boolean' ? extra.stream : beams === undefined
  return JSON.stringify({
    ...input,
    [lengthField]: output.tokens,
    ...(output.mode === 'exact' && exactLength !== undefined
      ? exactLengths[exactLength].fields(output.tokens)
      : {}),
    ...samplingFields(dialect, spelling.sampling, sampling),
    stream: streams,
    ...(streams && asksUsage ? { stream_options: { include_usage: true } } : {}),
    ...extra,
  })
}
