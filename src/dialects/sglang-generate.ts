import type { Dialect, DialectOptions } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import { MetaInfoReader } from './meta-info-stream.ts'
import { nestedBody } from './nested-body.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiModels } from './openai-fields.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { type SamplingFields, samplingFields, spelled, unsupportedInput } from './request-fields.ts'

const name = 'sglang-generate'
const rules = {
  text: { oneOf: ['cumulative', 'delta'] },
  reply: replyRule,
} as const

/** Not n, which the server reads: each answer states the prompt's length, so that input tokens would count n times. */
const sampling = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'sampling_seed',
  stop: 'stop',
  skipSpecialTokens: 'skip_special_tokens',
} as const satisfies SamplingFields

/**
 * POST /generate of SGLang: texts or token ids, one or several. Options: `text` (what events without ids hold: all so far,
 * or the new part), `reply` (stream, or whole).
 */
export function makeSglangGenerate(options: DialectOptions): Dialect {
  const { text, reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'SGLang’s own generate: texts or token ids, with counts in every event',
    path: '/generate',
    models: openAiModels,
    namesModel: false,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs: ['prompt', 'tokens', 'batch'],
      sampling: spelled(sampling),
      streaming,
      exactLength: 'sampling_params.ignore_eos: true',
      usage: streaming ? 'every-event' : 'always',
      tokensPerEvent: 'one-or-more',
      firstToken: 'first event with ids, or whose completion_tokens has grown',
      endMarker: 'data: [DONE], or a finish_reason for each prompt',
    },
    encode(request, _model, extra) {
      const settings = {
        max_new_tokens: request.output.tokens,
        ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
        ...samplingFields(name, sampling, request.sampling),
      }
      return nestedBody({ ...inputOf(request), stream: streaming }, 'sampling_params', settings, extra)
    },
    makeReader: () => new MetaInfoReader({ cumulative: text === 'cumulative' }),
    example: {
      events: [event(' one', [5], null), event(' one two', [5, 6], null)],
      ending: `${event(' one two', [5, 6], { type: 'stop', matched: 2 })}data: [DONE]\n\n`,
    },
    errorMessage: openAiErrorMessage,
  }
}

function inputOf({ input }: Request): Readonly<Record<string, unknown>> {
  switch (input.kind) {
    case 'prompt':
      return { text: input.text }
    case 'tokens':
      return { input_ids: input.ids }
    case 'batch': {
      const texts = input.prompts.filter((prompt) => typeof prompt === 'string').length
      if (texts === input.prompts.length) return { text: input.prompts }
      if (texts === 0) return { input_ids: input.prompts }
      throw new AssayError('unsupported-input', `${name} cannot mix texts and token ids in one request.`, {
        hint: 'Use prompts of one kind, or leave promptsPerRequest out.',
      })
    }
    case 'chat':
      throw unsupportedInput(name, input.kind)
    case 'rich-chat':
    case 'body':
      throw unsupportedInput(name, input.kind)
    default:
      return input satisfies never
  }
}

function event(text: string, ids: readonly number[], finish: object | null): string {
  const about = { id: 'example', finish_reason: finish, prompt_tokens: 3, completion_tokens: ids.length }
  return `data: ${JSON.stringify({ text, output_ids: ids, meta_info: about })}\n\n`
}
