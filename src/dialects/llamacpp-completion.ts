import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { LlamacppReader } from './llamacpp-stream.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { openAiModels } from './openai-fields.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { type SamplingFields, samplingFields, spelled, unsupportedInput } from './request-fields.ts'

const name = 'llamacpp-completion'
const rules = { reply: replyRule } as const

/** Not n, which the server reads: each answer states the prompt's length, so that input tokens would count n times. */
const sampling = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repeat_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
  logprobs: 'n_probs',
} as const satisfies SamplingFields

/** POST /completion of llama.cpp: texts or token ids, one or several. Option: `reply` (stream, or whole). */
export function makeLlamacppCompletion(options: DialectOptions): Dialect {
  const { reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'Completions of llama-server in its own words: texts or token ids',
    path: '/completion',
    models: openAiModels,
    namesModel: true,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs: ['prompt', 'tokens', 'batch'],
      sampling: spelled(sampling),
      streaming,
      exactLength: 'ignore_eos: true',
      usage: streaming ? 'every-event' : 'always',
      tokensPerEvent: 'one-or-more',
      prefixCacheOff: 'cache_prompt: false',
      firstToken: 'first event with text, or whose tokens_predicted has grown',
      endMarker: 'an event with stop: true for each prompt',
    },
    encode(request, model, extra) {
      return JSON.stringify({
        model,
        prompt: promptOf(request),
        n_predict: request.output.tokens,
        ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
        ...samplingFields(name, sampling, request.sampling),
        stream: streaming,
        ...extra,
      })
    },
    makeReader: () => new LlamacppReader(),
    example: {
      events: [' one', ' two'].map((content, i) =>
        frame({
          index: 0,
          content,
          tokens: [i],
          stop: false,
          id_slot: -1,
          tokens_predicted: i + 1,
          tokens_evaluated: 3,
        }),
      ),
      ending: frame({
        index: 0,
        content: '',
        tokens: [],
        id_slot: 0,
        stop: true,
        model: 'example',
        tokens_predicted: 2,
        tokens_evaluated: 3,
        truncated: false,
        stop_type: 'eos',
        stopping_word: '',
        tokens_cached: 4,
      }),
    },
    errorMessage: openAiErrorMessage,
  }
}

/** Texts and token ids may stand side by side. */
function promptOf({ input }: Request): unknown {
  switch (input.kind) {
    case 'prompt':
      return input.text
    case 'tokens':
      return input.ids
    case 'batch':
      return input.prompts
    case 'chat':
      throw unsupportedInput(name, input.kind)
    case 'rich-chat':
    case 'body':
      throw unsupportedInput(name, input.kind)
    default:
      return input satisfies never
  }
}

function frame(payload: object): string {
  return `data: ${JSON.stringify(payload)}\n\n`
}
