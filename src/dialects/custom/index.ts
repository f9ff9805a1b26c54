import type { Dialect, DialectOptions } from '../../model/dialect.ts'
import type { Request, RequestInput } from '../../model/request.ts'
import { openAiErrorMessage } from '../openai-error.ts'
import { openAiModels } from '../openai-fields.ts'
import { samplingFields, unsupportedInput } from '../request-fields.ts'
import { type Description, readDescription } from './description.ts'
import { exampleOf } from './example.ts'
import { CustomReader } from './reader.ts'

const name = 'custom'

/**
 * An engine described by data: its request as a JSON template, its reply by paths. Options: `path`, `request`, `reply`
 * (`framing`, `mode`, `echo`, `ignore`, and where the text and everything else lie), `alwaysExact`.
 */
export function makeCustom(options: DialectOptions): Dialect {
  const description = readDescription(options)
  const { path, request: template, reply, alwaysExact } = description
  const { paths } = reply
  const { inputs, sampling } = template
  const exactLength = alwaysExact ? 'every answer has the length asked for' : forcedBy(description)
  const knowsTokens =
    paths.ids !== undefined || paths.tokens !== undefined || paths.outputTokens !== undefined
  return {
    name,
    summary: 'Any JSON endpoint, described in the study: a request template, and paths into the reply',
    path,
    models: openAiModels,
    namesModel: template.holes.has('model') || path.includes('{model}'),
    framing: reply.framing,
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      inputs,
      sampling,
      streaming: reply.framing !== 'json',
      ...(exactLength === undefined ? {} : { exactLength }),
      usage: paths.outputTokens === undefined && paths.tokens === undefined ? 'never' : 'always',
      tokensPerEvent: knowsTokens ? 'one-or-more' : 'unknown',
      firstToken: `first payload with ${reply.textAsWritten}`,
      endMarker:
        reply.doneText ??
        (paths.done !== undefined || paths.finish !== undefined
          ? 'as the option done or finish says'
          : 'the end of the reply'),
    },
    encode(request, model, extra) {
      if (!inputs.includes(request.input.kind)) {
        throw unsupportedInput(name, request.input.kind, hints[request.input.kind])
      }
      // Refuses settings that have no placeholder.
      const spelled = Object.fromEntries(sampling.map((key) => [key, key]))
      samplingFields(name, spelled, request.sampling)
      return JSON.stringify({ ...(template.fill(request, model) as object), ...extra })
    },
    makeReader: () => new CustomReader(reply),
    ...(reply.echo ? { echoes } : {}),
    example: exampleOf(reply),
    errorMessage: openAiErrorMessage,
  }
}

const hints: Readonly<Record<RequestInput['kind'], string>> = {
  prompt: 'Put {{prompt}} into the request, or use a workload of another kind.',
  tokens: 'Put {{promptIds}} into the request, or use prompts of text.',
  chat: 'Put {{messages}} into the request, or use a workload of plain prompts.',
  batch: 'Put {{prompts}} into the request, or leave promptsPerRequest out.',
}

function forcedBy({ request: { holes } }: Description): string | undefined {
  const ignoring = holes.get('ignoreEos')
  if (ignoring !== undefined) return `${ignoring}: true`
  const least = holes.get('minTokens')
  return least === undefined ? undefined : `${least}: N`
}

function echoes({ input }: Request): readonly string[] {
  switch (input.kind) {
    case 'prompt':
      return [input.text]
    case 'batch':
      return input.prompts.flatMap((prompt) => (typeof prompt === 'string' ? [prompt] : []))
    case 'tokens':
    case 'chat':
      return []
    default:
      return input satisfies never
  }
}
