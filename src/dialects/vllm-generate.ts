import type { Dialect, DialectOptions } from '../model/dialect.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { readOptions } from './option-rules.ts'
import { replyRule } from './reply-rule.ts'
import { samplingFields, spelled, textOf } from './request-fields.ts'
import { vllmSampling } from './vllm-fields.ts'
import { VllmGenerateReader } from './vllm-generate-stream.ts'

const name = 'vllm-generate'
const rules = { reply: replyRule } as const

/**
 * POST /generate of vLLM's demo server: a text in; all text so far, the prompt first, in each record, ended by NUL in old
 * versions and by LF since. Option: `reply` (stream, or whole).
 */
export function makeVllmGenerate(options: DialectOptions): Dialect {
  const { reply } = readOptions(name, options, rules)
  const streaming = reply === 'stream'
  return {
    name,
    options: rules,
    summary: 'vLLM’s demo server: a text, repeated whole with every step',
    path: '/generate',
    namesModel: false,
    framing: 'nul',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs: ['prompt'],
      sampling: spelled(vllmSampling),
      streaming,
      exactLength: 'ignore_eos: true',
      usage: 'never',
      tokensPerEvent: 'unknown',
      firstToken: 'first record whose text goes beyond the prompt',
      endMarker: 'the end of the reply',
    },
    encode: (request, _model, extra) =>
      JSON.stringify({
        prompt: textOf(name, request),
        max_tokens: request.output.tokens,
        ...(request.output.mode === 'exact' ? { ignore_eos: true } : {}),
        ...samplingFields(name, vllmSampling, request.sampling),
        stream: streaming,
        ...extra,
      }),
    makeReader: () => new VllmGenerateReader(),
    echoes: (request) => {
      const text = textOf(name, request)
      return Array.from({ length: request.sampling.n ?? 1 }, () => text)
    },
    example: {
      events: [record(' one'), record(' one two')],
      ending: '',
    },
    errorMessage: openAiErrorMessage,
  }
}

function record(text: string): string {
  return `${JSON.stringify({ text: [text] })}\0`
}
