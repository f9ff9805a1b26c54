import type { Capabilities, ModelList } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { nestedBody } from './nested-body.ts'
import { type SamplingFields, samplingFields, spelled } from './request-fields.ts'

/** What lies in the body's `options`. */
const optionSampling = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repeat_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
} as const satisfies SamplingFields

/** What lies beside them. */
const bodySampling = {
  logprobs: (count) => ({ logprobs: true, top_logprobs: count }),
} as const satisfies SamplingFields

/** GET /api/tags. */
export const ollamaModels: ModelList = {
  path: '/api/tags',
  names(body) {
    try {
      const list = JSON.parse(body) as { models?: { name?: unknown }[] } | null
      return (list?.models ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
    } catch {
      return []
    }
  },
}

/** What both endpoints share. */
export const ollamaCapabilities = {
  sampling: spelled({ ...optionSampling, ...bodySampling }),
  usage: 'always',
  tokensPerEvent: 'one-or-more',
  firstToken: 'first line with text, thinking, a tool call or log-probabilities',
  endMarker: 'a line with done: true',
} as const satisfies Partial<Capabilities>

/**
 * A request body: `input`, then length and sampling. The length is capped alone. A prompt longer than the context is to be
 * refused, not cut: the server would cut it without a word.
 */
export function ollamaBody(
  dialect: string,
  input: Readonly<Record<string, unknown>>,
  { output, sampling }: Request,
  extra: Readonly<Record<string, unknown>>,
): string {
  const { logprobs, ...others } = sampling
  const options = { num_predict: output.tokens, ...samplingFields(dialect, optionSampling, others) }
  const beside = logprobs === undefined ? {} : bodySampling.logprobs(logprobs)
  return nestedBody({ ...input, truncate: false, ...beside }, 'options', options, extra)
}

/** The lines of an example answer; `said` puts a text where the endpoint has it. */
export function ollamaExample(said: (text: string) => Readonly<Record<string, unknown>>): {
  readonly events: readonly string[]
  readonly ending: string
} {
  const line = (text: string, more: object) =>
    `${JSON.stringify({ model: 'example', created_at: '2026-01-01T00:00:00Z', ...said(text), ...more })}\n`
  return {
    events: [' one', ' two'].map((text) => line(text, { done: false })),
    ending: line('', {
      done: true,
      done_reason: 'stop',
      total_duration: 20_000_000,
      load_duration: 1_000_000,
      prompt_eval_count: 3,
      prompt_eval_duration: 5_000_000,
      eval_count: 2,
      eval_duration: 1_000_000,
    }),
  }
}
