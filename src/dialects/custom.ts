import type { Capabilities, Dialect, DialectOptions } from '../model/dialect.ts'
import type { Request } from '../model/request.ts'
import { type CustomDescription, type ReplyDescription, readDescription } from './custom-description.ts'
import { customExample } from './custom-example.ts'
import { CustomReader, endingsOf } from './custom-reader.ts'
import { fillTemplate } from './custom-template.ts'
import { openAiErrorMessage } from './openai-error.ts'

const name = 'custom'

/**
 * A server described by data: where requests go (`path`, `headers`), what they say (`body`, with placeholders) and how
 * replies are read (`reply`). Throws `bad-dialect-option` for a description that cannot be right.
 */
export function makeCustom(options: DialectOptions): Dialect {
  const description = readDescription(options)
  const { path, headers, body, reply, fixed } = description
  return {
    name,
    summary: 'A server of your own, described in dialectOptions',
    path,
    namesModel: body.uses.has('model') || path.includes('{model}'),
    framing: reply.framing,
    contentType: 'application/json',
    headers,
    keyHeader: 'authorization',
    capabilities: capabilitiesOf(description),
    encode: (request, model, extra) =>
      JSON.stringify({ ...fillTemplate(body, request, model, fixed), ...extra }),
    makeReader: () => new CustomReader(reply),
    ...(reply.echo ? { echoes: promptsOf } : {}),
    example: customExample(reply),
    errorMessage: openAiErrorMessage,
  }
}

function capabilitiesOf({ body, reply, alwaysExact }: CustomDescription): Capabilities {
  const { paths } = reply
  const counts = paths.tokenIds !== undefined || paths.tokens !== undefined
  return {
    inputs: body.inputs,
    sampling: body.sampling,
    streaming: reply.framing !== 'json',
    ...exactLengthOf(body.exact, alwaysExact),
    usage: paths.outputTokens === undefined ? 'never' : 'always',
    tokensPerEvent: counts ? 'one-or-more' : 'unknown',
    requestId: 'header X-Request-Id',
    firstToken: firstTokenOf(reply),
    endMarker: (reply.framing === 'json' ? undefined : endingsOf(reply)) ?? 'the end of the reply',
  }
}

function exactLengthOf(
  exact: 'ignoreEos' | 'minTokens' | undefined,
  alwaysExact: boolean,
): Pick<Capabilities, 'exactLength'> {
  if (exact !== undefined) return { exactLength: `{{${exact}}} in body` }
  return alwaysExact ? { exactLength: 'always: the server gives every length asked for' } : {}
}

function firstTokenOf({ framing, paths }: ReplyDescription): string {
  if (framing === 'raw') return 'first bytes of the text'
  const where = [paths.text, paths.tokenIds].flatMap((path) => path?.text ?? [])
  return framing === 'json'
    ? 'none: the reply comes whole'
    : `first payload with something at ${where.join(' or ')}`
}

/** The texts that replies begin with. */
function promptsOf({ input }: Request): readonly string[] {
  switch (input.kind) {
    case 'prompt':
      return [input.text]
    case 'batch':
      return input.prompts.map((prompt) => (typeof prompt === 'string' ? prompt : ''))
    case 'chat':
    case 'tokens':
    case 'rich-chat':
    case 'body':
      return []
    default:
      return input satisfies never
  }
}
