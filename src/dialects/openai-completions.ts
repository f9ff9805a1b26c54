import type { Dialect, DialectOptions } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import { openAiErrorMessage } from './openai-error.ts'
import {
  bodyOf,
  completionsSampling,
  exactLengthRule,
  exactLengths,
  openAiCapabilities,
  openAiModels,
} from './openai-fields.ts'
import { OpenAiReader } from './openai-stream.ts'
import { readOptions } from './option-rules.ts'
import { spelled, unsupportedInput } from './request-fields.ts'
import { verbatimBody } from './verbatim-body.ts'

const name = 'openai-completions'
const rules = { exactLength: exactLengthRule } as const

/** What servers of completions send. */
export const completionsExample: Dialect['example'] = {
  events: [' one', ' two'].map(
    (text) =>
      `data: {"id":"example","object":"text_completion","created":1,"model":"example","choices":[{"index":0,"text":"${text}","logprobs":null,"finish_reason":null}],"usage":null}\n\n`,
  ),
  ending:
    'data: {"id":"example","object":"text_completion","created":1,"model":"example","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n' +
    'data: {"id":"example","object":"text_completion","created":1,"model":"example","choices":[],"usage":{"prompt_tokens":3,"total_tokens":5,"completion_tokens":2}}\n\n' +
    'data: [DONE]\n\n',
}

/**
 * POST /v1/completions: text or token ids in, text out, no chat template. Option: `exactLength` (how N tokens are
 * forced).
 */
export function makeOpenaiCompletions(options: DialectOptions): Dialect {
  const { exactLength } = readOptions(name, options, rules)
  const spelling = {
    dialect: name,
    sampling: completionsSampling,
    lengthField: 'max_tokens',
    exactLength,
    asksUsage: true,
  }
  return {
    name,
    options: rules,
    summary: 'Completions of a text or token ids: vLLM, SGLang, llama.cpp, TGI, TensorRT-LLM',
    path: '/v1/completions',
    models: openAiModels,
    namesModel: true,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      ...openAiCapabilities,
      inputs: ['prompt', 'tokens', 'batch', 'body'],
      sampling: spelled(completionsSampling),
      exactLength: exactLengths[exactLength].says,
      requestId: 'header X-Request-Id',
    },
    encode: (request, model, extra) =>
      request.input.kind === 'body'
        ? verbatimBody(request.input.text, extra)
        : bodyOf(spelling, { model, prompt: promptOf(name, request) }, request, extra),
    makeReader: () => new OpenAiReader(),
    example: completionsExample,
    errorMessage: openAiErrorMessage,
  }
}

/** The prompt or prompts of a completion. Throws `unsupported-input` for chats and for texts mixed with token ids. */
function promptOf(dialect: string, { input }: Request): unknown {
  switch (input.kind) {
    case 'prompt':
      return input.text
    case 'tokens':
      return input.ids
    case 'chat':
      throw unsupportedInput(dialect, input.kind)
    case 'batch': {
      const texts = input.prompts.filter((prompt) => typeof prompt === 'string').length
      if (texts === 0 || texts === input.prompts.length) return input.prompts
      throw new AssayError('unsupported-input', `${dialect} cannot mix texts and token ids in one request.`, {
        hint: 'Use prompts of one kind, or leave promptsPerRequest out.',
      })
    }
    case 'rich-chat':
    case 'body':
      throw unsupportedInput(dialect, input.kind)
    default:
      return input satisfies never
  }
}
