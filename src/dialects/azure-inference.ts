import type { Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { completionsExample } from './openai-completions.ts'
import { openAiErrorMessage } from './openai-error.ts'
import {
  bodyOf,
  chatSampling,
  completionsSampling,
  exactLengths,
  openAiCapabilities,
  plainSampling,
} from './openai-fields.ts'
import { messagesOf } from './openai-messages.ts'
import { OpenAiReader } from './openai-stream.ts'
import { readOptions } from './option-rules.ts'
import { spelled, unsupportedInput } from './request-fields.ts'

const name = 'azure-inference'
const rules = {
  mode: { oneOf: ['chat', 'completions'] },
  auth: { oneOf: ['bearer', 'key'] },
  extraParameters: { oneOf: ['pass-through', 'drop', 'error'] },
  apiVersion: { form: /^[\w.-]+$/, default: '2024-05-01-preview' },
} as const

/** What the service's own schema knows; it has no n. */
const { n: _, ...schemaSampling } = plainSampling

const chatExample: Dialect['example'] = {
  events: [chunk('{"role":"assistant","content":" one"}'), chunk('{"content":" two"}')],
  ending: `${chunk('{"content":""}', '"stop"', '{"completion_tokens":2,"prompt_tokens":3,"total_tokens":5}')}data: [DONE]\n\n`,
}

/**
 * Models that Azure serves by themselves. The base URL is a serverless endpoint, or https://NAME.services.ai.azure.com/models,
 * where the body's model chooses the deployment. Options: `mode` (chat, or completions of pretrained models), `auth`,
 * `extraParameters` (what becomes of fields that the schema lacks; only "pass-through" lets usage be asked for, lengths be
 * forced and further sampling settings through), `apiVersion`.
 */
export function makeAzureInference(options: DialectOptions): Dialect {
  const { mode, auth, extraParameters, apiVersion } = readOptions(name, options, rules)
  const isChat = mode === 'chat'
  const passesOn = extraParameters === 'pass-through'
  const sampling = passesOn ? (isChat ? chatSampling : completionsSampling) : schemaSampling
  const exactLength = passesOn ? ('ignore_eos' as const) : undefined
  const spelling = {
    dialect: name,
    sampling,
    lengthField: 'max_tokens',
    ...(exactLength === undefined ? {} : { exactLength }),
    asksUsage: passesOn,
  }
  return {
    name,
    options: rules,
    summary: 'Azure AI model inference: chat and pretrained models',
    path: `/${isChat ? 'chat/' : ''}completions?api-version=${apiVersion}`,
    namesModel: false,
    framing: 'sse',
    contentType: 'application/json',
    headers: { 'extra-parameters': extraParameters },
    keyHeader: auth === 'key' ? 'api-key' : 'authorization',
    capabilities: {
      ...openAiCapabilities,
      inputs: isChat ? ['prompt', 'chat'] : ['prompt'],
      sampling: spelled(sampling),
      ...(exactLength === undefined ? {} : { exactLength: exactLengths[exactLength].says }),
      // Some endpoints state it unasked, others do not.
      usage: passesOn ? 'asked' : 'never',
    },
    encode: (request, model, extra) => {
      const input = isChat ? { messages: messagesOf(name, request) } : { prompt: textOf(request) }
      return bodyOf(spelling, model === '' ? input : { model, ...input }, request, extra)
    },
    makeReader: () => new OpenAiReader({ onePrompt: true, emptyTextIsToken: false }),
    example: isChat ? chatExample : completionsExample,
    errorMessage: openAiErrorMessage,
  }
}

function textOf({ input }: Request): string {
  if (input.kind === 'prompt') return input.text
  const hint =
    input.kind === 'chat'
      ? 'Leave the option mode out: it is chat then.'
      : 'Use one prompt of text a request.'
  throw unsupportedInput(name, input.kind, hint)
}

function chunk(delta: string, finish = 'null', usage = 'null'): string {
  return `data: {"choices":[{"delta":${delta},"finish_reason":${finish},"index":0,"logprobs":null}],"created":1,"id":"example","model":"example","object":"chat.completion.chunk","usage":${usage}}\n\n`
}
