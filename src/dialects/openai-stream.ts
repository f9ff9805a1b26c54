import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { countOf, excerpt, parseJson } from './payload.ts'

/** One choice of an OpenAI reply or chunk, chat and completions, as far as Assay reads it. */
interface Choice {
  readonly text?: unknown
  readonly delta?: Delta | null
  readonly message?: Delta | null
  readonly finish_reason?: unknown
  readonly token_ids?: unknown
}

interface Delta {
  readonly role?: unknown
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly tool_calls?: unknown
}

interface Chunk {
  readonly id?: unknown
  readonly choices?: unknown
  readonly usage?: unknown
  readonly error?: unknown
  readonly object?: unknown
  readonly message?: unknown
}

const encoder = new TextEncoder()
const QUOTE = 34
const BACKSLASH = 92
const done = encoder.encode('[DONE]')
const empty = new Uint8Array(0)
const textKeys = ['content', 'text', 'reasoning_content', 'reasoning'].flatMap((key) => [
  encoder.encode(`"${key}":"`),
  encoder.encode(`"${key}": "`),
])
/** After this many events in a row that no template fits, a stream's events are all parsed. */
const maxMisses = 8

/**
 * Reads the chunks of /v1/chat/completions and /v1/completions, streamed or whole.
 *
 * Most events of a stream differ in their text alone. The first such event is parsed; its bytes before and
 * after the text become a template, and an event with the same bytes around a text without quote or backslash
 * is the same JSON with another string, so its text is taken as it lies there. Everything else is parsed.
 */
export class OpenAiReader implements StreamReader {
  #before = empty
  #beforeLength = 0
  #after = empty
  #afterLength = 0
  #templateFlags = 0
  #hasTemplate = false
  #misses = 0
  #finished = false
  #done = false
  #failed = false
  #tokenEvents = 0
  #idSeen = false

  reset(_echoes: readonly string[] = []): void {
    this.#hasTemplate = false
    this.#misses = 0
    this.#finished = false
    this.#done = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#idSeen = false
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#hasTemplate && this.#fits(bytes, start, end)) {
      this.#tokenEvents++
      sink.event(this.#templateFlags, 1, bytes, start + this.#beforeLength, end - this.#afterLength)
    } else if (isDone(bytes, start, end)) {
      this.#done = true
    } else {
      this.#parse(bytes, start, end, sink)
    }
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (!this.#done && !this.#finished) {
      sink.fail('truncated', 'The reply ended without a finish reason and without [DONE].')
    } else if (this.#tokenEvents === 0) {
      sink.fail('empty', 'The reply holds no token.')
    }
  }

  #fits(bytes: Uint8Array, start: number, end: number): boolean {
    const textStart = start + this.#beforeLength
    const textEnd = end - this.#afterLength
    if (textEnd <= textStart) return false
    const before = this.#before
    // Backwards: what changes within a stream (ids, times) tends to stand late.
    for (let i = this.#beforeLength - 1; i >= 0; i--) if (bytes[start + i] !== before[i]) return false
    const after = this.#after
    for (let i = this.#afterLength - 1; i >= 0; i--) if (bytes[textEnd + i] !== after[i]) return false
    for (let i = textStart; i < textEnd; i++) {
      const byte = bytes[i]
      if (byte === QUOTE || byte === BACKSLASH) return false
    }
    return true
  }

  #parse(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    const chunk = parseJson(bytes, start, end, sink) as Chunk | null | undefined
    if (chunk === undefined) {
      this.#failed = true
      return
    }
    // llama.cpp opens a stream for several prompts with `data: null`.
    if (chunk === null) return
    if (typeof chunk !== 'object' || Array.isArray(chunk)) {
      this.#fail(
        sink,
        'malformed',
        `The server sent JSON that is no chunk: ${excerpt(JSON.stringify(chunk))}`,
      )
      return
    }
    const error = errorIn(chunk)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    if (!this.#idSeen && typeof chunk.id === 'string') {
      this.#idSeen = true
      sink.serverId(chunk.id)
    }
    const usage = usageOf(chunk.usage)
    if (usage !== undefined) sink.usage(usage)
    if (!Array.isArray(chunk.choices)) return
    const choices = chunk.choices as Choice[]
    for (const choice of choices) {
      if (choice === null || typeof choice !== 'object') continue
      const learnable = choices.length === 1 && usage === undefined
      this.#choice(choice, sink, learnable ? bytes.subarray(start, end) : undefined)
    }
  }

  /** `source`: the event's bytes when a template may be learned from it. */
  #choice(choice: Choice, sink: StreamSink, source: Uint8Array | undefined): void {
    const delta = choice.delta ?? choice.message ?? undefined
    const finish = typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined
    const tokens = Array.isArray(choice.token_ids) ? choice.token_ids.length : undefined
    const parts: [flags: number, text: string][] = []
    if (typeof choice.text === 'string') parts.push([eventFlags.content, choice.text])
    if (typeof delta?.reasoning_content === 'string')
      parts.push([eventFlags.reasoning, delta.reasoning_content])
    else if (typeof delta?.reasoning === 'string') parts.push([eventFlags.reasoning, delta.reasoning])
    if (typeof delta?.content === 'string') parts.push([eventFlags.content, delta.content])
    if (Array.isArray(delta?.tool_calls) && delta.tool_calls.length > 0) {
      parts.push([eventFlags.tool, JSON.stringify(delta.tool_calls)])
    }
    const spoken = parts.filter(([, text]) => text !== '')
    if (spoken.length > 0) {
      let left = tokens
      for (const [flags, text] of spoken) {
        this.#tokenEvents++
        const utf8 = encoder.encode(text)
        sink.event(flags, left ?? 1, utf8, 0, utf8.length)
        if (left !== undefined) left = 0
      }
      const only = spoken.length === 1 ? spoken[0] : undefined
      if (source !== undefined && only !== undefined && finish === undefined && tokens === undefined) {
        this.#learn(source, only[0], only[1])
      }
    } else if ((tokens ?? 0) > 0 || this.#isTokenWithoutText(parts, delta, finish)) {
      this.#tokenEvents++
      sink.event(eventFlags.empty, tokens ?? 1, empty, 0, 0)
    }
    if (finish !== undefined) {
      this.#finished = true
      sink.finish(finish)
    }
  }

  /** An empty text is a token held back (partial UTF-8), unless it opens the message or closes it. */
  #isTokenWithoutText(
    parts: readonly unknown[],
    delta: Delta | undefined,
    finish: string | undefined,
  ): boolean {
    return parts.length > 0 && finish === undefined && typeof delta?.role !== 'string'
  }

  #learn(source: Uint8Array, flags: number, text: string): void {
    if (this.#misses >= maxMisses || flags === eventFlags.tool) return
    this.#misses++
    const utf8 = encoder.encode(text)
    const at = onlyTextAt(source, utf8)
    if (at < 0) return
    const afterLength = source.length - at - utf8.length
    if (at > this.#before.length) this.#before = new Uint8Array(at)
    if (afterLength > this.#after.length) this.#after = new Uint8Array(afterLength)
    this.#before.set(source.subarray(0, at))
    this.#after.set(source.subarray(at + utf8.length))
    this.#beforeLength = at
    this.#afterLength = afterLength
    this.#templateFlags = flags
    this.#hasTemplate = true
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** Where the text lies between its quotes, if exactly one text key with a string value is in the event. */
function onlyTextAt(source: Uint8Array, utf8: Uint8Array): number {
  const haystack = Buffer.from(source.buffer, source.byteOffset, source.length)
  let found = -1
  for (const key of textKeys) {
    for (let at = haystack.indexOf(key); at >= 0; at = haystack.indexOf(key, at + key.length)) {
      if (found >= 0) return -1
      found = at + key.length
    }
  }
  if (found < 0 || source[found + utf8.length] !== QUOTE) return -1
  for (let i = 0; i < utf8.length; i++) if (source[found + i] !== utf8[i]) return -1
  return found
}

function isDone(bytes: Uint8Array, start: number, end: number): boolean {
  let from = start
  let to = end
  while (to > from && (bytes[to - 1] ?? 0) <= 32) to--
  while (from < to && (bytes[from] ?? 0) <= 32) from++
  if (to - from !== done.length) return false
  for (let i = 0; i < done.length; i++) if (bytes[from + i] !== done[i]) return false
  return true
}

function usageOf(usage: unknown): Usage | undefined {
  if (usage === null || typeof usage !== 'object') return undefined
  const fields = usage as Record<string, unknown>
  const inside = (key: string) => (fields[key] ?? {}) as Record<string, unknown>
  return {
    ...countOf('inputTokens', fields.prompt_tokens),
    ...countOf('outputTokens', fields.completion_tokens),
    ...countOf('cachedTokens', inside('prompt_tokens_details').cached_tokens),
    ...countOf('reasoningTokens', inside('completion_tokens_details').reasoning_tokens),
  }
}

/** The error a chunk or body states, in any of the shapes OpenAI-like servers use. */
function errorIn(body: Chunk): string | undefined {
  const { error } = body
  if (typeof error === 'string') return error
  if (error !== null && typeof error === 'object') {
    const { message } = error as { message?: unknown }
    return typeof message === 'string' ? message : excerpt(JSON.stringify(error))
  }
  if (body.object === 'error') return typeof body.message === 'string' ? body.message : 'unnamed error'
  return undefined
}

/** The sentence inside an error body, or the body's beginning. */
export function openAiErrorMessage(body: string): string {
  try {
    const parsed = JSON.parse(body) as (Chunk & { detail?: unknown }) | null
    if (parsed !== null && typeof parsed === 'object') {
      const message = errorIn(parsed) ?? parsed.message ?? parsed.detail
      if (message !== undefined) return typeof message === 'string' ? message : JSON.stringify(message)
    }
  } catch {
    // Not JSON: show it as it is.
  }
  return excerpt(body)
}
