import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { countOf, excerpt, parseJson } from './payload.ts'
import { TextTemplate, textKeys } from './text-template.ts'

/** A message, whole or at its start, as far as Assay reads it. */
interface Message {
  readonly id?: unknown
  readonly content?: unknown
  readonly stop_reason?: unknown
  readonly usage?: unknown
}

interface Event extends Message {
  readonly type?: unknown
  readonly message?: Message | string | null
  readonly content_block?: Block | null
  readonly delta?: (Block & { readonly stop_reason?: unknown }) | null
  readonly error?: unknown
}

/** A block of content, or a delta of one. */
interface Block {
  readonly type?: unknown
  readonly text?: unknown
  readonly thinking?: unknown
  readonly partial_json?: unknown
  readonly name?: unknown
  readonly input?: unknown
}

const encoder = new TextEncoder()
const keys = textKeys('text', 'thinking')
const maxTokens = 65_535

/** Anthropic's stop reasons in the words of the other dialects. */
const finishReasons: ReadonlyMap<string, string> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['tool_use', 'tool_calls'],
])

/** Reads the events of /v1/messages, and replies that are not streamed. */
export class AnthropicReader implements StreamReader {
  readonly #template = new TextTemplate()
  #ended = false
  #failed = false
  #tokenEvents = 0
  #idSeen = false
  /** Counts as the server names them: the start states the input's, the end the output's and maybe the input's again. */
  #counts: Readonly<Record<string, number>> = {}
  #isUsageTold = false

  reset(): void {
    this.#template.reset()
    this.#ended = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#idSeen = false
    this.#counts = {}
    this.#isUsageTold = false
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    const template = this.#template
    if (template.fits(bytes, start, end)) {
      this.#tokenEvents++
      sink.event(template.flags, 1, bytes, template.textStart(start), template.textEnd(end))
      return
    }
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
      this.#event(event, bytes.subarray(start, end), sink)
    }
  }

  end(sink: StreamSink): void {
    if (!this.#isUsageTold) this.#tellUsage(sink)
    if (this.#failed) return
    if (!this.#ended) sink.fail('truncated', 'The reply ended without message_stop.')
    else if (this.#tokenEvents === 0) sink.fail('empty', 'The reply holds no token.')
  }

  #event(event: Event, source: Uint8Array, sink: StreamSink): void {
    switch (event.type) {
      case 'content_block_delta':
        this.#delta(event.delta ?? {}, source, sink)
        return
      case 'content_block_start':
        this.#blockStart(event.content_block ?? {}, sink)
        return
      case 'message_start':
        if (event.message !== null && typeof event.message === 'object') this.#start(event.message, sink)
        return
      case 'message_delta':
        this.#finish(event.delta?.stop_reason, sink)
        this.#count(event.usage)
        this.#tellUsage(sink)
        return
      case 'message_stop':
        this.#ended = true
        return
      case 'error':
        this.#fail(sink, 'stream-error', errorIn(event) ?? 'unnamed error')
        return
      case 'message':
        this.#whole(event, sink)
        return
      default: {
        const error = errorIn(event)
        if (error !== undefined) this.#fail(sink, 'stream-error', error)
      }
    }
  }

  #delta({ text, thinking, partial_json }: Block, source: Uint8Array, sink: StreamSink): void {
    if (typeof text === 'string') this.#sayAndLearn(eventFlags.content, text, source, sink)
    else if (typeof thinking === 'string') this.#sayAndLearn(eventFlags.reasoning, thinking, source, sink)
    else if (typeof partial_json === 'string') this.#say(eventFlags.tool, partial_json, 1, sink)
  }

  /** A call's name comes with the start of its block; other blocks start empty. */
  #blockStart({ text, thinking, name }: Block, sink: StreamSink): void {
    if (typeof text === 'string') this.#say(eventFlags.content, text, 1, sink)
    else if (typeof thinking === 'string') this.#say(eventFlags.reasoning, thinking, 1, sink)
    else if (typeof name === 'string') this.#say(eventFlags.tool, name, 1, sink)
  }

  #start({ id, usage }: Message, sink: StreamSink): void {
    if (typeof id === 'string' && !this.#idSeen) {
      this.#idSeen = true
      sink.serverId(id)
    }
    this.#count(usage)
    // Only what it has reached by now, which the end says again.
    const { output_tokens: _, ...counts } = this.#counts
    this.#counts = counts
  }

  #whole(message: Message, sink: StreamSink): void {
    this.#start(message, sink)
    this.#count(message.usage)
    const tokens = this.#counts.output_tokens
    let left = tokens ?? 1
    for (const block of Array.isArray(message.content) ? (message.content as (Block | null)[]) : []) {
      const part = partOf(block ?? {})
      if (part === undefined) continue
      this.#say(part[0], part[1], Math.min(left, maxTokens), sink)
      left = tokens === undefined ? 1 : 0
    }
    this.#ended = true
    this.#finish(message.stop_reason, sink)
    this.#tellUsage(sink)
  }

  #finish(reason: unknown, sink: StreamSink): void {
    if (typeof reason !== 'string') return
    this.#ended = true
    sink.finish(finishReasons.get(reason) ?? reason)
  }

  #count(usage: unknown): void {
    if (usage === null || typeof usage !== 'object') return
    const counts = Object.entries(usage).filter(([, value]) => typeof value === 'number')
    this.#counts = { ...this.#counts, ...Object.fromEntries(counts) }
  }

  #tellUsage(sink: StreamSink): void {
    this.#isUsageTold = true
    const usage = usageOf(this.#counts)
    if (Object.keys(usage).length > 0) sink.usage(usage)
  }

  #sayAndLearn(flags: number, text: string, source: Uint8Array, sink: StreamSink): void {
    if (text === '') return
    this.#say(flags, text, 1, sink)
    this.#template.learn(source, keys, flags, text)
  }

  #say(flags: number, text: string, tokens: number, sink: StreamSink): void {
    if (text === '') return
    this.#tokenEvents++
    const utf8 = encoder.encode(text)
    sink.event(flags, tokens, utf8, 0, utf8.length)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** What a whole block says. */
function partOf({ text, thinking, name, input }: Block): [flags: number, text: string] | undefined {
  if (typeof text === 'string') return [eventFlags.content, text]
  if (typeof thinking === 'string') return [eventFlags.reasoning, thinking]
  if (typeof name === 'string') return [eventFlags.tool, JSON.stringify({ name, input })]
  return undefined
}

/** `input_tokens` leaves out what was read from the cache and what was written to it. */
function usageOf(counts: Readonly<Record<string, number>>): Usage {
  const { input_tokens, cache_read_input_tokens: cached, cache_creation_input_tokens: written = 0 } = counts
  return {
    ...(input_tokens === undefined ? {} : countOf('inputTokens', input_tokens + (cached ?? 0) + written)),
    ...countOf('outputTokens', counts.output_tokens),
    ...countOf('cachedTokens', cached),
  }
}
