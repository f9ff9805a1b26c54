import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { countOf, excerpt, parseJson } from './payload.ts'
import { maxEventTokens } from './running-count.ts'

/** A line of /api/generate or /api/chat, or a whole answer, as far as Assay reads it. */
interface Line extends Said {
  readonly response?: unknown
  readonly message?: Said | null
  readonly logprobs?: unknown
  readonly done?: unknown
  readonly done_reason?: unknown
  readonly prompt_eval_count?: unknown
  readonly eval_count?: unknown
  readonly error?: unknown
}

interface Said {
  readonly content?: unknown
  readonly thinking?: unknown
  readonly tool_calls?: unknown
}

type Part = readonly [flags: number, text: string]

const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)

/** Reads the lines of Ollama's /api/generate and /api/chat, and whole answers, which are one line. */
export class OllamaReader implements StreamReader {
  #done = false
  #failed = false
  #tokenEvents = 0
  #outputTokens: number | undefined

  reset(): void {
    this.#done = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#outputTokens = undefined
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    const line = parseJson(bytes, start, end, sink) as Line | null | undefined
    if (line === undefined) {
      this.#failed = true
      return
    }
    if (line === null || typeof line !== 'object' || Array.isArray(line)) {
      const said = excerpt(JSON.stringify(line))
      this.#fail(sink, 'malformed', `The server sent JSON that is no line of an answer: ${said}`)
      return
    }
    const error = errorIn(line)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    const parts = partsOf(line)
    const usage = usageOf(line)
    const logprobs = Array.isArray(line.logprobs) ? line.logprobs.length : 0
    // A whole answer has all tokens.
    const isWhole = line.done === true && this.#tokenEvents === 0 && parts.length > 0
    this.#speak(parts, logprobs > 0 ? logprobs : isWhole ? usage.outputTokens : undefined, sink)
    if (line.done !== true) return
    this.#done = true
    this.#outputTokens = usage.outputTokens
    if (typeof line.done_reason === 'string' && line.done_reason !== '') sink.finish(line.done_reason)
    if (Object.keys(usage).length > 0) sink.usage(usage)
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (!this.#done) {
      sink.fail('truncated', 'The reply ended without a line that says done: true.')
    } else if (this.#tokenEvents === 0) {
      const counted = this.#outputTokens ?? 0
      const but = counted > 0 ? ` text, although the server counts ${counted} output tokens.` : ' token.'
      sink.fail('empty', `The reply holds no${but}`)
    }
  }

  /** The tokens of a line belong to its first part. A line that says nothing is a token when it has log-probabilities. */
  #speak(parts: readonly Part[], tokens: number | undefined, sink: StreamSink): void {
    let left = tokens === undefined ? undefined : Math.min(tokens, maxEventTokens)
    for (const [flags, text] of parts) {
      this.#tokenEvents++
      const utf8 = encoder.encode(text)
      sink.event(flags, left ?? 1, utf8, 0, utf8.length)
      if (left !== undefined) left = 0
    }
    if (parts.length > 0 || left === undefined || left === 0) return
    this.#tokenEvents++
    sink.event(eventFlags.empty, left, noBytes, 0, 0)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** What a line says, in the order in which models say it. */
function partsOf(line: Line): readonly Part[] {
  const { thinking, content, tool_calls } = line.message ?? line
  const parts: Part[] = []
  const add = (flags: number, text: unknown) => {
    if (typeof text === 'string' && text !== '') parts.push([flags, text])
  }
  add(eventFlags.reasoning, thinking)
  add(eventFlags.content, line.response ?? content)
  if (Array.isArray(tool_calls) && tool_calls.length > 0) add(eventFlags.tool, JSON.stringify(tool_calls))
  return parts
}

/** A count of 0 is left out by the server. */
function usageOf({ prompt_eval_count, eval_count }: Line): Usage {
  return { ...countOf('inputTokens', prompt_eval_count), ...countOf('outputTokens', eval_count) }
}
