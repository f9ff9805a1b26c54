import type { Dialect, DialectOptions, ModelList } from '../model/dialect.ts'
import { drawing, withoutIdleFilters } from './drawing.ts'
import { nestedBody } from './nested-body.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { type SamplingFields, samplingFields, spelled, textOf } from './request-fields.ts'
import { TokenReader } from './token-stream.ts'

const name = 'tgi'
const rules = { reply: replyRule } as const

/** What would switch a filter off is refused by the server: it is left out. */
const sampling = {
  ...drawing,
  topP: (share) => (share >= 1 ? {} : { top_p: share }),
  topK: (most) => (most < 1 ? {} : { top_k: most }),
  repetitionPenalty: 'repetition_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
  logprobs: 'top_n_tokens',
} as const satisfies SamplingFields

/** GET /info. */
const models: ModelList = {
  path: '/info',
  names(body) {
    try {
      const info = JSON.parse(body) as { model_id?: unknown } | null
      return typeof info?.model_id === 'string' ? [info.model_id] : []
    } catch {
      return []
    }
  },
}

/**
 * POST /generate_stream, or /generate with the option `reply: whole`: one text a request. The server heeds its end of
 * text whatever is asked, so lengths are capped alone.
 */
export function makeTgi(options: DialectOptions): Dialect {
  const { reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'Text Generation Inference: a text, token by token',
    path: streaming ? '/generate_stream' : '/generate',
    models,
    namesModel: false,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs: ['prompt'],
      sampling: spelled(sampling),
      streaming,
      usage: 'asked',
      tokensPerEvent: streaming ? 'one' : 'one-or-more',
      firstToken: 'first event, whose token may be special or half a character and so without text',
      endMarker: 'an event with generated_text',
    },
    encode(request, _model, extra) {
      const parameters = {
        max_new_tokens: request.output.tokens,
        details: true,
        ...samplingFields(name, sampling, withoutIdleFilters(request.sampling)),
      }
      return nestedBody({ inputs: textOf(name, request) }, 'parameters', parameters, extra)
    },
    makeReader: () => new TokenReader({ hidesSpecial: true }),
    // Servers send the last token with the ending. Here it stands apart, as events may be repeated.
    example: {
      events: [' one', ' two'].map((text, i) =>
        frame({
          index: i + 1,
          token: { id: i, text, logprob: -0.1, special: false },
          generated_text: null,
          details: null,
        }),
      ),
      ending: frame({
        index: 3,
        token: null,
        generated_text: ' one two',
        details: { finish_reason: 'eos_token', generated_tokens: 2, seed: null, input_length: 3 },
      }),
    },
    errorMessage: openAiErrorMessage,
  }
}

function frame(payload: object): string {
  return `data:${JSON.stringify(payload)}\n\n`
}
