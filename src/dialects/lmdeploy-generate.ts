import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { MetaInfoReader } from './meta-info-stream.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiModels } from './openai-fields.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { type SamplingFields, samplingFields, spelled, unsupportedInput } from './request-fields.ts'

const name = 'lmdeploy-generate'
const rules = { reply: replyRule } as const

const sampling = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  stop: 'stop',
  skipSpecialTokens: 'skip_special_tokens',
} as const satisfies SamplingFields

/** POST /generate of LMDeploy: one text or one list of token ids. Option: `reply` (stream, or whole). */
export function makeLmdeployGenerate(options: DialectOptions): Dialect {
  const { reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'LMDeploy’s own generate: a text or token ids, with counts in every event',
    path: '/generate',
    models: openAiModels,
    namesModel: false,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs: ['prompt', 'tokens'],
      sampling: spelled(sampling),
      streaming,
      exactLength: 'ignore_eos: true',
      usage: streaming ? 'every-event' : 'always',
      tokensPerEvent: 'one-or-more',
      firstToken: 'first event with ids, or whose completion_tokens has grown',
      endMarker: 'data: [DONE], or a finish_reason',
    },
    encode: (request, _model, extra) =>
      JSON.stringify({
        ...inputOf(request),
        max_tokens: request.output.tokens,
        ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
        ...samplingFields(name, sampling, request.sampling),
        stream: streaming,
        ...extra,
      }),
    makeReader: () => new MetaInfoReader({ cumulative: false }),
    example: {
      events: [event(' one', [5], 1, null), event(' two', [6], 2, null)],
      ending: `${event('', [], 2, { type: 'stop' })}data: [DONE]\n\n`,
    },
    errorMessage: openAiErrorMessage,
  }
}

function inputOf({ input }: Request): Readonly<Record<string, unknown>> {
  switch (input.kind) {
    case 'prompt':
      return { prompt: input.text }
    case 'tokens':
      return { input_ids: input.ids }
    case 'chat':
      throw unsupportedInput(name, input.kind)
    case 'batch':
      throw unsupportedInput(name, input.kind)
    case 'rich-chat':
    case 'body':
      throw unsupportedInput(name, input.kind)
    default:
      return input satisfies never
  }
}

function event(text: string, ids: readonly number[], tokens: number, finish: object | null): string {
  const about = {
    prompt_tokens: 3,
    completion_tokens: tokens,
    finish_reason: finish,
    output_token_logprobs: null,
  }
  return `data: ${JSON.stringify({ text, output_ids: ids, meta_info: about })}\n\n`
}
