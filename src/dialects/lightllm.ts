import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { drawing, withoutIdleFilters } from './drawing.ts'
import { nestedBody } from './nested-body.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiModels } from './openai-fields.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { type SamplingFields, samplingFields, spelled, unsupportedInput } from './request-fields.ts'
import { TokenReader } from './token-stream.ts'

const name = 'lightllm'
const rules = { reply: replyRule } as const

/** Without do_sample the server heeds none of the first three. */
const streamSampling = {
  ...drawing,
  topP: (share) => ({ do_sample: true, top_p: share }),
  topK: (most) => ({ do_sample: true, top_k: most < 1 ? -1 : most }),
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop_sequences',
  addSpecialTokens: 'add_special_tokens',
  skipSpecialTokens: 'skip_special_tokens',
} as const satisfies SamplingFields

/** The server gives as many answers as it draws. */
const wholeSampling = {
  ...streamSampling,
  n: (answers) => ({ n: answers, best_of: answers }),
} as const satisfies SamplingFields

/** POST /generate_stream, or /generate with the option `reply: whole`, which alone gives several answers. */
export function makeLightllm(options: DialectOptions): Dialect {
  const { reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  const sampling: SamplingFields = streaming ? streamSampling : wholeSampling
  return {
    name,
    options: rules,
    summary: 'LightLLM: a text or token ids, token by token',
    path: streaming ? '/generate_stream' : '/generate',
    models: openAiModels,
    namesModel: false,
    // Whole answers come without a content type.
    framing: streaming ? 'sse' : 'json',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs: ['prompt', 'tokens'],
      sampling: spelled(sampling),
      streaming,
      exactLength: 'ignore_eos: true',
      usage: streaming ? 'every-event' : 'always',
      tokensPerEvent: streaming ? 'one' : 'one-or-more',
      requestId: 'header X-Request-Id',
      prefixCacheOff: 'parameters.disable_prompt_cache: true',
      firstToken: 'first event, whose token may be half a character and so without text',
      endMarker: 'an event with finished: true',
    },
    encode(request, _model, extra) {
      const parameters = {
        max_new_tokens: request.output.tokens,
        ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
        ...samplingFields(name, sampling, withoutIdleFilters(request.sampling)),
      }
      return nestedBody({ inputs: inputsOf(request) }, 'parameters', parameters, extra)
    },
    makeReader: () => new TokenReader({ hidesSpecial: false }),
    // Servers send the last token with the ending. Here it stands apart, as events may be repeated.
    example: {
      events: [' one', ' two'].map((text, i) =>
        frame({
          token: {
            id: i,
            text,
            logprob: -0.1,
            special: false,
            count_output_tokens: i + 1,
            prompt_tokens: 3,
          },
          generated_text: null,
          finished: false,
          finish_reason: null,
          details: null,
        }),
      ),
      ending: frame({
        token: null,
        generated_text: null,
        finished: true,
        finish_reason: 'stop',
        details: null,
      }),
    },
    errorMessage: openAiErrorMessage,
  }
}

/** Token ids are taken by recent versions. */
function inputsOf({ input }: Request): string | readonly number[] {
  switch (input.kind) {
    case 'prompt':
      return input.text
    case 'tokens':
      return input.ids
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

function frame(payload: object): string {
  return `data:${JSON.stringify(payload)}\n\n`
}
