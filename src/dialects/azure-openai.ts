import type { Dialect, DialectOptions } from '../model/dialect.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { bodyOf, chatLogprobs, lengthFieldRule, openAiCapabilities, plainSampling } from './openai-fields.ts'
import { messagesOf } from './openai-messages.ts'
import { OpenAiReader } from './openai-stream.ts'
import { readOptions } from './option-rules.ts'
import { type SamplingFields, spelled } from './request-fields.ts'

const name = 'azure-openai'
const rules = {
  apiVersion: { form: /^[\w.-]+$/, default: '2024-10-21' },
  auth: { oneOf: ['key', 'bearer'] },
  lengthField: lengthFieldRule,
} as const
const sampling = { ...plainSampling, ...chatLogprobs } as const satisfies SamplingFields

/**
 * Chat completions of Azure OpenAI. Options: `apiVersion` ("v1" is the path without versions, whose body names the
 * deployment), `auth` (an api-key, or a bearer token), `lengthField`. The model is the deployment.
 */
export function makeAzureOpenai(options: DialectOptions): Dialect {
  const { apiVersion, auth, lengthField } = readOptions(name, options, rules)
  const isVersionFree = apiVersion === 'v1'
  const spelling = { dialect: name, sampling, lengthField, asksUsage: true }
  return {
    name,
    options: rules,
    summary: 'Azure OpenAI: chat completions of a deployment',
    path: isVersionFree
      ? '/openai/v1/chat/completions'
      : `/openai/deployments/{model}/chat/completions?api-version=${apiVersion}`,
    namesModel: true,
    framing: 'sse',
    contentType: 'application/json',
    headers: {},
    keyHeader: auth === 'key' ? 'api-key' : 'authorization',
    // No exact length: the service honours the end of the text, always.
    capabilities: { ...openAiCapabilities, inputs: ['prompt', 'chat'], sampling: spelled(sampling) },
    encode: (request, model, extra) => {
      const messages = messagesOf(name, request)
      return bodyOf(spelling, isVersionFree ? { model, messages } : { messages }, request, extra)
    },
    // Content filters send frames without text.
    makeReader: () => new OpenAiReader({ onePrompt: true, emptyTextIsToken: false }),
    example: {
      events: [
        frame('{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[]}') +
          frame(choice('{"role":"assistant","content":""}')) +
          frame(choice('{"content":" one"}')),
        frame(choice('{"content":" two"}')),
      ],
      ending:
        frame(choice('{}', '"stop"')) +
        frame(
          '{"choices":[],"created":1,"id":"example","model":"example","object":"chat.completion.chunk","usage":{"completion_tokens":2,"prompt_tokens":3,"total_tokens":5}}',
        ) +
        frame('[DONE]'),
    },
    errorMessage: openAiErrorMessage,
  }
}

function frame(data: string): string {
  return `data: ${data}\n\n`
}

function choice(delta: string, finish = 'null'): string {
  return `{"choices":[{"content_filter_results":{},"delta":${delta},"finish_reason":${finish},"index":0,"logprobs":null}],"created":1,"id":"example","model":"example","object":"chat.completion.chunk"}`
}
