import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { isDone } from './openai-stream.ts'
import { countOf, excerpt, parseJson } from './payload.ts'

/** A reply of /v1/responses, as far as Assay reads it. */
interface Response {
  readonly id?: unknown
  readonly object?: unknown
  readonly status?: unknown
  readonly output?: unknown
  readonly usage?: unknown
  readonly error?: unknown
  readonly incomplete_details?: { readonly reason?: unknown } | null
}

interface Event extends Response {
  readonly type?: unknown
  readonly delta?: unknown
  readonly message?: unknown
  readonly response?: Response | null
}

/** What the deltas of each event are; all others repeat them or announce them. */
const deltaFlags: ReadonlyMap<unknown, number> = new Map([
  ['response.output_text.delta', eventFlags.content],
  ['response.refusal.delta', eventFlags.content],
  ['response.reasoning_text.delta', eventFlags.reasoning],
  ['response.reasoning_summary_text.delta', eventFlags.reasoning],
  ['response.reasoning.delta', eventFlags.reasoning],
  ['response.reasoning_summary.delta', eventFlags.reasoning],
  ['response.function_call_arguments.delta', eventFlags.tool],
  ['response.custom_tool_call_input.delta', eventFlags.tool],
  ['response.mcp_call_arguments.delta', eventFlags.tool],
  ['response.code_interpreter_call_code.delta', eventFlags.tool],
])
const encoder = new TextEncoder()
const maxTokens = 65_535

/** Reads the events of /v1/responses, and replies that are not streamed. */
export class ResponsesReader implements StreamReader {
  #ended = false
  #failed = false
  #tokenEvents = 0
  #calledTool = false
  #idSeen = false

  reset(): void {
    this.#ended = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#calledTool = false
    this.#idSeen = false
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (isDone(bytes, start, end)) return
    const event = parseJson(bytes, start, end, sink) as Event | null | undefined
    if (event === undefined) {
      this.#failed = true
    } else if (event === null || typeof event !== 'object' || Array.isArray(event)) {
      this.#fail(
        sink,
        'malformed',
        `The server sent JSON that is no event: ${excerpt(JSON.stringify(event))}`,
      )
    } else {
      this.#event(event, sink)
    }
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (!this.#ended) sink.fail('truncated', 'The reply ended without response.completed.')
    else if (this.#tokenEvents === 0) sink.fail('empty', 'The reply holds no token.')
  }

  #event(event: Event, sink: StreamSink): void {
    const flags = deltaFlags.get(event.type)
    if (flags !== undefined) {
      if (typeof event.delta === 'string') this.#say(flags, event.delta, 1, sink)
      return
    }
    const response = event.object === 'response' ? event : (event.response ?? undefined)
    if (response !== undefined && typeof response.id === 'string' && !this.#idSeen) {
      this.#idSeen = true
      sink.serverId(response.id)
    }
    switch (event.type) {
      case 'error':
        this.#fail(sink, 'stream-error', errorIn(event) ?? wordsOf(event.message) ?? 'unnamed error')
        return
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        this.#end(event.type.slice('response.'.length), response ?? {}, sink)
        return
      case undefined: {
        const error = errorIn(event)
        if (error !== undefined) this.#fail(sink, 'stream-error', error)
        else if (response !== undefined) this.#end(wordsOf(response.status) ?? 'completed', response, sink)
      }
    }
  }

  /** The reply as a whole. vLLM calls every end "completed" and says in the reply's status what it was. */
  #end(ending: string, response: Response, sink: StreamSink): void {
    const status = ending === 'completed' ? (wordsOf(response.status) ?? ending) : ending
    if (status === 'failed' || status === 'cancelled') {
      this.#fail(sink, 'stream-error', errorIn(response) ?? `The server says that the reply is ${status}.`)
      return
    }
    const usage = usageOf(response.usage)
    if (this.#tokenEvents === 0) this.#sayWhole(response.output, usage?.outputTokens, sink)
    this.#ended = true
    if (status === 'incomplete') {
      const reason = wordsOf(response.incomplete_details?.reason) ?? 'incomplete'
      sink.finish(reason === 'max_output_tokens' ? 'length' : reason)
    } else {
      sink.finish(this.#calledTool ? 'tool_calls' : 'stop')
    }
    if (usage !== undefined) sink.usage(usage)
  }

  /** The texts of a reply that came at once; `tokens` belong to the first. */
  #sayWhole(output: unknown, tokens: number | undefined, sink: StreamSink): void {
    let left = tokens ?? 1
    for (const [flags, text] of partsOf(output)) {
      this.#say(flags, text, Math.min(left, maxTokens), sink)
      left = tokens === undefined ? 1 : 0
    }
  }

  #say(flags: number, text: string, tokens: number, sink: StreamSink): void {
    if (text === '') return
    if (flags === eventFlags.tool) this.#calledTool = true
    this.#tokenEvents++
    const utf8 = encoder.encode(text)
    sink.event(flags, tokens, utf8, 0, utf8.length)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

interface Item {
  readonly type?: unknown
  readonly text?: unknown
  readonly refusal?: unknown
  readonly arguments?: unknown
  readonly content?: unknown
  readonly summary?: unknown
}

/** The texts of a whole reply's items, in their order. */
function partsOf(output: unknown): [flags: number, text: string][] {
  return itemsIn(output).flatMap((item): [number, string][] => {
    switch (item.type) {
      case 'message':
        return itemsIn(item.content).map(({ text, refusal }) => [
          eventFlags.content,
          wordsOf(text) ?? wordsOf(refusal) ?? '',
        ])
      case 'reasoning':
        return [...itemsIn(item.content), ...itemsIn(item.summary)].map(({ text }) => [
          eventFlags.reasoning,
          wordsOf(text) ?? '',
        ])
      case 'function_call':
        return [[eventFlags.tool, wordsOf(item.arguments) ?? '']]
      default:
        return []
    }
  })
}

function itemsIn(list: unknown): Item[] {
  return Array.isArray(list) ? list.filter((item) => item !== null && typeof item === 'object') : []
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function usageOf(usage: unknown): Usage | undefined {
  if (usage === null || typeof usage !== 'object') return undefined
  const fields = usage as Record<string, unknown>
  const inside = (key: string) => (fields[key] ?? {}) as Record<string, unknown>
  return {
    ...countOf('inputTokens', fields.input_tokens),
    ...countOf('outputTokens', fields.output_tokens),
    ...countOf('cachedTokens', inside('input_tokens_details').cached_tokens),
    ...countOf('reasoningTokens', inside('output_tokens_details').reasoning_tokens),
  }
}
