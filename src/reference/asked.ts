/** Replies are rendered in memory when they are not streamed. */
const maxOutputTokens = 1_000_000

/** What a generation request asks for, as far as this server cares. */
export interface Asked {
  readonly kind: 'chat' | 'completions'
  readonly model: string
  readonly stream: boolean
  readonly outputTokens: number
  readonly includeUsage: boolean
  /** Words of a text (separated by white space), or ids of a list. */
  readonly promptTokens: number
}

/** A JSON body of /v1/chat/completions or /v1/completions; a sentence when it cannot be answered. */
export function readAsked(
  kind: Asked['kind'],
  body: Buffer,
  absent: { readonly model: string; readonly outputTokens: number },
): Asked | string {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(body.toString('utf8')) as Record<string, unknown>
  } catch {
    return 'The body is not JSON.'
  }
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) {
    return 'The body is no JSON object.'
  }
  const { model = absent.model, n = 1 } = fields
  if (typeof model !== 'string') return 'model must be a string.'
  if (n !== 1 && n !== null) return 'n must be 1: this server gives one choice a request.'
  const outputTokens = fields.max_completion_tokens ?? fields.max_tokens ?? absent.outputTokens
  if (typeof outputTokens !== 'number' || !Number.isInteger(outputTokens)) {
    return 'max_tokens must be an integer.'
  }
  if (outputTokens < 1 || outputTokens > maxOutputTokens) {
    return `max_tokens must be 1 to ${maxOutputTokens}.`
  }
  const promptTokens = kind === 'chat' ? chatTokens(fields.messages) : promptLength(fields.prompt)
  if (typeof promptTokens === 'string') return promptTokens
  const options = (fields.stream_options ?? {}) as { include_usage?: unknown }
  const includeUsage = options.include_usage === true
  return { kind, model, stream: fields.stream === true, outputTokens, includeUsage, promptTokens }
}

function chatTokens(messages: unknown): number | string {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages must be a list of messages.'
  let tokens = 0
  for (const message of messages as unknown[]) {
    const { content } = (message ?? {}) as { content?: unknown }
    const parts = Array.isArray(content) ? (content as unknown[]) : [{ text: content }]
    for (const part of parts) {
      const { text } = (part ?? {}) as { text?: unknown }
      if (typeof text === 'string') tokens += wordCount(text)
    }
  }
  return tokens
}

function promptLength(prompt: unknown): number | string {
  const [first, ...others] = Array.isArray(prompt) ? (prompt as unknown[]) : [prompt]
  if (typeof first === 'number') return others.length + 1
  if (others.length > 0) return 'prompt must be one prompt: this server gives one choice a request.'
  if (typeof first === 'string') return wordCount(first)
  if (Array.isArray(first) && typeof first[0] === 'number') return first.length
  return 'prompt must be a text or a list of token ids.'
}

/** Runs of characters that are not ASCII white space. */
function wordCount(text: string): number {
  let count = 0
  let inside = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const blank = code === 32 || (code >= 9 && code <= 13)
    if (!blank && !inside) count++
    inside = !blank
  }
  return count
}
