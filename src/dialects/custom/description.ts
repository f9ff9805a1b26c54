import { type DialectOptions, type Framing, framings } from '../../model/dialect.ts'
import { AssayError } from '../../model/errors.ts'
import { nearest } from '../../model/nearest.ts'
import { type JsonPath, parsePath } from './path.ts'
import { BodyTemplate, placeholders } from './template.ts'

/** Where things lie in a payload of a reply; absent: servers do not say. */
const pathNames = [
  'text',
  'ids',
  'tokens',
  'outputTokens',
  'inputTokens',
  'finish',
  'done',
  'error',
  'id',
] as const
export type Paths = { readonly [name in (typeof pathNames)[number]]?: JsonPath }

/** How a server's replies are read. */
export interface ReplyDescription {
  readonly framing: Framing
  /** Each payload holds what is new, or all so far. */
  readonly mode: 'delta' | 'cumulative'
  /** Whether the text begins with the prompt. */
  readonly echo: boolean
  readonly paths: Paths
  /** The payload that ends a stream, word for word. */
  readonly doneText: string | undefined
  /** Payloads that mean nothing, word for word. */
  readonly ignored: ReadonlySet<string>
  /** The path of the first token's text as the user wrote it. */
  readonly textAsWritten: string
}

/** An engine described by data. */
export interface Description {
  readonly path: string
  readonly request: BodyTemplate
  readonly reply: ReplyDescription
  /** Every answer has exactly as many tokens as asked for, whatever the request says. */
  readonly alwaysExact: boolean
}

const topNames = ['path', 'request', 'reply', 'alwaysExact'] as const
const replyNames = ['framing', 'mode', 'echo', 'ignore', ...pathNames] as const

/** Checks the options of `custom`. Throws `bad-dialect-option` with what is allowed. */
export function readDescription(options: DialectOptions): Description {
  known('', options, topNames)
  const { path, request, reply, alwaysExact = false } = options
  if (typeof path !== 'string' || !path.startsWith('/')) throw bad('path', path, 'Write it like "/generate".')
  if (!isFields(request))
    throw bad(
      'request',
      request,
      'It is the JSON body, as {prompt: "{{prompt}}", max_tokens: "{{maxTokens}}"}.',
    )
  if (!isFields(reply)) throw bad('reply', reply, 'For example {framing: json, text: generated_text}.')
  if (typeof alwaysExact !== 'boolean') throw bad('alwaysExact', alwaysExact, 'Use true or false.')
  return { path, request: readTemplate(request), reply: readReply(reply), alwaysExact }
}

function readTemplate(request: Fields): BodyTemplate {
  const template = new BodyTemplate(request)
  for (const [name, key] of template.holes) {
    if (placeholders.includes(name)) continue
    const meant = nearest(name, placeholders)
    const hint = `${meant === undefined ? '' : `Did you mean {{${meant}}}? `}Placeholders: ${placeholders.join(', ')}.`
    throw bad(`request, ${key}`, `{{${name}}}`, hint)
  }
  if (template.inputs.length === 0) {
    throw bad('request', '', 'It needs {{prompt}}, {{prompts}}, {{promptIds}} or {{messages}} somewhere.')
  }
  return template
}

function readReply(reply: Fields): ReplyDescription {
  known('reply.', reply, replyNames)
  const { framing, mode = 'delta', echo = false, ignore = [] } = reply
  if (!framings.includes(framing as Framing))
    throw bad('reply.framing', framing, `Its values: ${framings.join(', ')}.`)
  if (mode !== 'delta' && mode !== 'cumulative')
    throw bad('reply.mode', mode, 'Its values: delta, cumulative.')
  if (typeof echo !== 'boolean') throw bad('reply.echo', echo, 'Use true or false.')
  if (!Array.isArray(ignore) || !ignore.every((one) => typeof one === 'string')) {
    throw bad('reply.ignore', ignore, 'Use a list of payloads, such as ["ping"].')
  }
  const isRaw = framing === 'raw'
  const paths: { -readonly [name in keyof Paths]: JsonPath } = {}
  let doneText: string | undefined
  for (const name of pathNames) {
    const written = reply[name]
    if (written === undefined) continue
    if (typeof written !== 'string')
      throw bad(`reply.${name}`, written, 'Write a path, such as choices[0].text.')
    if (isRaw) throw bad(`reply.${name}`, written, 'Raw replies are the text itself and hold nothing else.')
    // A payload such as [DONE] is no path that anybody would write.
    if (name === 'done' && /^\[[A-Z]+\]$/.test(written)) {
      doneText = written
      continue
    }
    const path = parsePath(written)
    if (typeof path === 'string')
      throw bad(`reply.${name}`, written, `As a path, ${path}. Write it like choices[0].text.`)
    paths[name] = path
  }
  if (!isRaw && paths.text === undefined)
    throw bad('reply.text', undefined, 'Say where the text is, such as choices[0].text.')
  if (isRaw && mode === 'cumulative')
    throw bad('reply.mode', mode, 'Raw replies hold each text once: leave it out.')
  return {
    framing: framing as Framing,
    mode,
    echo,
    paths,
    doneText,
    ignored: new Set(ignore as string[]),
    textAsWritten: isRaw ? 'any text' : String(reply.text),
  }
}

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function known(where: string, fields: Fields, names: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (names.includes(name)) continue
    const meant = nearest(name, names)
    throw new AssayError('bad-dialect-option', `The dialect custom has no option "${where}${name}".`, {
      hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Its options there: ${names.join(', ')}.`,
    })
  }
}

function bad(name: string, value: unknown, hint: string): AssayError {
  const message =
    value === undefined
      ? `The dialect custom needs the option ${name}.`
      : `The option ${name} of custom cannot be ${JSON.stringify(value)}.`
  return new AssayError('bad-dialect-option', message, { hint })
}
