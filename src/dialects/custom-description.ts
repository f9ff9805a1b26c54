import { type DialectOptions, type Framing, framings } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import { type Sampling, samplingKeys } from '../model/workload.ts'
import { readTemplate, type Template } from './custom-template.ts'
import { type JsonPath, parsePath } from './json-path.ts'

/** Where things lie in a payload of a reply; the order is that of the documentation. */
const replyPaths = {
  text: 'the text',
  prompt: 'which prompt a payload answers, from 0',
  tokenIds: 'a list of token ids',
  tokens: 'how many tokens a payload brings',
  inputTokens: 'length of the prompts in tokens',
  outputTokens: 'output tokens so far, or of the whole reply',
  cachedTokens: 'input tokens that came from a cache',
  finishReason: 'why an answer ended',
  doneWhen: 'what is neither false nor absent in the last payload',
  error: 'what went wrong',
  serverId: 'the server’s id of the request',
} as const
export type ReplyPaths = { readonly [K in keyof typeof replyPaths]?: JsonPath }

/** gRPC takes more than a description. */
export type CustomFraming = Exclude<Framing, 'grpc'>
const customFramings = framings.filter((framing): framing is CustomFraming => framing !== 'grpc')

/** How the replies of a server are read. */
export interface ReplyDescription {
  readonly framing: CustomFraming
  /** `delta`: a payload has new text; `cumulative`: all text so far. Goes for `tokenIds` too. */
  readonly textMode: 'delta' | 'cumulative'
  /** Whether the text begins with the prompt. */
  readonly echo: boolean
  /** The payload that is no JSON and ends the stream. */
  readonly done?: string
  readonly paths: ReplyPaths
}

/** A server described by data. */
export interface CustomDescription {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Template
  readonly reply: ReplyDescription
  /** The server gives the length asked for whatever it is told. */
  readonly alwaysExact: boolean
  /** Sampling settings that the server has without being told. */
  readonly fixed: Sampling
}

const optionNames = ['path', 'method', 'headers', 'body', 'exactLength', 'fixed', 'reply'] as const
const replyNames = ['framing', 'textMode', 'echo', 'done', ...Object.keys(replyPaths)]
/** Headers that Assay writes itself. */
const ownHeaders =
  /^(?:host|content-length|content-type|transfer-encoding|connection|accept|accept-encoding|x-request-id)$/i
const example =
  'path: /generate, body: {prompt: "{{prompt}}", max_tokens: "{{maxTokens}}"}, reply: {text: text}'

/** Checks a description. Throws `bad-dialect-option` with the place, what is wrong there and the way out. */
export function readDescription(options: DialectOptions): CustomDescription {
  known('', options, optionNames)
  const { path, method = 'POST', headers = {}, body, exactLength } = options
  if (typeof path !== 'string' || !/^\/[\x21-\x7e]*$/.test(path) || path.includes('#')) {
    const hint = `The path of the URL that takes requests, such as path: /generate. In short: ${example}`
    throw bad('path', path === undefined ? 'is missing.' : 'is no path of a URL.', hint)
  }
  if (method !== 'POST') {
    throw bad('method', `cannot be ${JSON.stringify(method)}.`, 'Requests are sent with POST: leave it out.')
  }
  if (exactLength !== undefined && exactLength !== 'always') {
    throw bad(
      'exactLength',
      `cannot be ${JSON.stringify(exactLength)}.`,
      'Write always for a server that gives every length asked for; where a field forces it, use "{{ignoreEos}}" or "{{minTokens}}" in body.',
    )
  }
  return {
    path: pathOf(path),
    headers: headersOf(headers),
    body: bodyOf(body),
    reply: replyOf(options.reply ?? {}),
    alwaysExact: exactLength === 'always',
    fixed: fixedOf(options.fixed ?? {}),
  }
}

function fixedOf(fixed: unknown): Sampling {
  const hint = 'What the server does without being told, such as {temperature: 0}.'
  if (!isFields(fixed)) throw bad('fixed', 'is not made of sampling settings.', hint)
  known('fixed', fixed, samplingKeys)
  return fixed as Sampling
}

/** `{{model}}` in a path becomes the mark that every dialect has for it. */
function pathOf(path: string): string {
  const marked = path.replaceAll(/\{\{\s*model\s*\}\}/g, '{model}')
  if (/[{}]/.test(marked.replaceAll('{model}', ''))) {
    throw bad('path', `has a placeholder other than {{model}}: ${JSON.stringify(path)}.`, 'Put it into body.')
  }
  return marked
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  if (!isFields(headers)) throw bad('headers', 'is no list of names and values.', 'Such as {X-Team: search}.')
  for (const [name, value] of Object.entries(headers)) {
    const place = `headers.${name}`
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw bad(place, 'is no name of a header.', 'Letters, digits and "-".')
    if (ownHeaders.test(name)) throw bad(place, 'is set by Assay itself.', 'Leave it out.')
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw bad(
        place,
        'is no text that a header can hold.',
        'Put numbers into quotes. Keys go into apiKeyEnv.',
      )
    }
  }
  return headers as Readonly<Record<string, string>>
}

function bodyOf(body: unknown): Template {
  if (!isFields(body)) {
    const hint = `The JSON that the server takes, such as {prompt: "{{prompt}}", max_tokens: "{{maxTokens}}"}.`
    throw bad('body', body === undefined ? 'is missing.' : 'is not made of fields.', hint)
  }
  const read = readTemplate(body)
  if ('message' in read) throw bad(`body${read.at}`, read.message, read.hint)
  return read
}

function replyOf(reply: unknown): ReplyDescription {
  if (!isFields(reply)) throw bad('reply', 'is not made of fields.', 'Such as {framing: sse, text: text}.')
  known('reply', reply, replyNames)
  const framing = oneOf('framing', reply.framing, customFramings)
  const textMode = oneOf('textMode', reply.textMode, ['delta', 'cumulative'])
  const { echo = false, done } = reply
  if (typeof echo !== 'boolean')
    throw bad('reply.echo', 'is neither true nor false.', 'Leave it out for false.')
  if (done !== undefined && (typeof done !== 'string' || done.trim() === '')) {
    throw bad('reply.done', 'is no text.', 'The payload that ends a stream, such as "[DONE]".')
  }
  const paths: Record<string, JsonPath> = {}
  for (const [name, meaning] of Object.entries(replyPaths)) {
    const path = reply[name]
    if (path !== undefined) paths[name] = readPath(name, path, meaning)
  }
  if (framing === 'raw') plainText(reply, textMode)
  else if (paths.text === undefined && paths.tokenIds === undefined) {
    throw bad(
      'reply.text',
      'is missing.',
      'Say where the text lies in a payload: choices[0].text, for example.',
    )
  }
  return { framing, textMode, echo, ...(done === undefined ? {} : { done: done.trim() }), paths }
}

/** A reply that is its own text has nothing around it. */
function plainText(reply: Readonly<Record<string, unknown>>, textMode: string): void {
  const other = [...Object.keys(replyPaths), 'done'].find((name) => reply[name] !== undefined)
  const hint = 'The reply is the text itself. For payloads of JSON: framing ndjson, sse, nul or json.'
  if (other !== undefined) throw bad(`reply.${other}`, 'does not go with framing raw.', hint)
  if (textMode === 'cumulative') throw bad('reply.textMode', 'cannot be cumulative with framing raw.', hint)
}

function readPath(name: string, text: unknown, meaning: string): JsonPath {
  const place = `reply.${name}`
  const hint = `It says where to find ${meaning}: a.b, a[0].b, a[*].b or ["odd key"].b.`
  if (typeof text !== 'string') throw bad(place, 'is no path.', hint)
  const path = parsePath(text)
  if (typeof path === 'string') throw bad(place, `${JSON.stringify(text)} ${path}.`, hint)
  return path
}

function oneOf<W extends string>(name: string, value: unknown, words: readonly W[]): W {
  const [first] = words
  if (value === undefined && first !== undefined) return first
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  const meant = typeof value === 'string' ? nearest(value, words) : undefined
  const did = meant === undefined ? '' : `Did you mean ${meant}? `
  throw bad(`reply.${name}`, `cannot be ${JSON.stringify(value)}.`, `${did}It is one of ${words.join(', ')}.`)
}

function known(place: string, fields: object, names: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !names.includes(name))
  if (unknown === undefined) return
  const meant = nearest(unknown, names)
  const did = meant === undefined ? '' : `Did you mean ${meant}? `
  const where = place === '' ? unknown : `${place}.${unknown}`
  throw bad(where, 'does not exist.', `${did}There are ${names.join(', ')}.`)
}

function isFields(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function bad(place: string, message: string, hint: string): AssayError {
  return new AssayError('bad-dialect-option', `custom: dialectOptions.${place} ${message}`, { hint })
}
