import { ApiError } from './api-error.ts'

/** One message of a conversation, its text parts joined. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export type Prompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly ids: readonly number[] }
  | { readonly kind: 'chat'; readonly messages: readonly Message[] }

/** What a client asks for, checked. */
export interface CompletionRequest {
  readonly model?: string
  readonly prompt: Prompt
  /** Absent: 16 for completions, the rest of the context for chats. */
  readonly maxTokens?: number
  readonly temperature: number
  readonly topP: number
  readonly seed?: number
  readonly stop: readonly string[]
  readonly ignoreEos: boolean
  readonly stream: boolean
  readonly includeUsage: boolean
}

export type Route = 'chat' | 'completions'

type Body = Readonly<Record<string, unknown>>

/** Reads a body; unknown fields are ignored, null means absent. Throws `ApiError` 400 for what it cannot mean. */
export function parseRequest(route: Route, json: string): CompletionRequest {
  const body = parseBody(json)
  const n = number(body, 'n', 1, 1_000_000)
  if (n !== undefined && n !== 1) throw bad('n', 'This server makes one choice a request: leave "n" out.')
  const maxTokens =
    (route === 'chat' ? whole(body, 'max_completion_tokens', 1) : undefined) ?? whole(body, 'max_tokens', 1)
  const seed = whole(body, 'seed', Number.MIN_SAFE_INTEGER)
  const model = of(body, 'model', 'string') as string | undefined
  return {
    ...(model === undefined ? {} : { model }),
    prompt: route === 'chat' ? chatPrompt(body.messages) : textPrompt(body.prompt),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    temperature: number(body, 'temperature', 0, 100) ?? 1,
    topP: number(body, 'top_p', 0, 1) ?? 1,
    ...(seed === undefined ? {} : { seed }),
    stop: stopStrings(body.stop),
    ignoreEos: flag(body, 'ignore_eos'),
    stream: flag(body, 'stream'),
    includeUsage: streamOptions(body.stream_options),
  }
}

function parseBody(json: string): Body {
  let body: unknown
  try {
    body = JSON.parse(json)
  } catch (error) {
    throw new ApiError(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isObject(body)) throw new ApiError(400, 'The body must be a JSON object.')
  return body
}

function textPrompt(prompt: unknown): Prompt {
  if (typeof prompt === 'string') return { kind: 'text', text: prompt }
  if (Array.isArray(prompt) && prompt.length > 0) {
    if (prompt.every(isTokenId)) return { kind: 'tokens', ids: prompt }
    if (prompt.length === 1 && !isTokenId(prompt[0])) return textPrompt(prompt[0])
    if (prompt.every((item) => typeof item === 'string' || Array.isArray(item))) {
      throw bad('prompt', 'This server takes one prompt a request.')
    }
  }
  throw bad('prompt', '"prompt" must be a string or a list of token ids.')
}

function chatPrompt(messages: unknown): Prompt {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw bad('messages', '"messages" must be a list of at least one message.')
  }
  return { kind: 'chat', messages: messages.map(message) }
}

const roles: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  tool: 'user',
  assistant: 'assistant',
}

function message(value: unknown, index: number): Message {
  const at = `messages[${index}]`
  if (!isObject(value)) throw bad(at, `${at} must be an object with "role" and "content".`)
  const role = typeof value.role === 'string' ? roles[value.role] : undefined
  if (role === undefined) throw bad(`${at}.role`, `"role" must be one of ${Object.keys(roles).join(', ')}.`)
  return { role, content: content(value.content, `${at}.content`) }
}

function content(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) {
    return value
      .map((part: unknown) => {
        if (isObject(part) && part.type === 'text' && typeof part.text === 'string') return part.text
        throw bad(at, 'This server reads content parts of type "text" only.')
      })
      .join('')
  }
  throw bad(at, '"content" must be a string or a list of text parts.')
}

function stopStrings(stop: unknown): readonly string[] {
  const list: unknown[] = stop === undefined || stop === null ? [] : Array.isArray(stop) ? stop : [stop]
  const strings = list.filter((item) => typeof item === 'string')
  if (strings.length !== list.length) throw bad('stop', '"stop" must be a string or a list of strings.')
  return strings.filter((text) => text !== '')
}

function streamOptions(options: unknown): boolean {
  if (options === undefined || options === null) return false
  if (!isObject(options)) throw bad('stream_options', '"stream_options" must be an object.')
  return flag(options, 'include_usage')
}

function flag(body: Body, name: string): boolean {
  return (of(body, name, 'boolean') as boolean | undefined) ?? false
}

function whole(body: Body, name: string, min: number): number | undefined {
  const value = number(body, name, min, Number.MAX_SAFE_INTEGER)
  if (value !== undefined && !Number.isInteger(value)) throw bad(name, `"${name}" must be a whole number.`)
  return value
}

function number(body: Body, name: string, min: number, max: number): number | undefined {
  const value = of(body, name, 'number') as number | undefined
  if (value === undefined || (value >= min && value <= max)) return value
  throw bad(name, `"${name}" must be between ${min} and ${max}, not ${value}.`)
}

function of(body: Body, name: string, type: 'string' | 'number' | 'boolean'): unknown {
  const value = body[name] ?? undefined
  if (value === undefined || typeof value === type) return value
  throw bad(name, `"${name}" must be a ${type}, not ${JSON.stringify(value)?.slice(0, 60)}.`)
}

function isTokenId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(param: string, message: string): ApiError {
  return new ApiError(400, message, { param })
}
