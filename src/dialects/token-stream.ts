import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { isDone } from './openai-stream.ts'
import { countOf, excerpt, parseJson } from './payload.ts'
import { maxEventTokens, RunningCount } from './running-count.ts'

/** An event with one token, or a whole answer, as far as Assay reads it. */
interface TokenEvent {
  readonly token?: Token | null
  /** One text, or one for each answer. */
  readonly generated_text?: unknown
  readonly finished?: unknown
  readonly finish_reason?: unknown
  readonly details?: Details | null
  readonly count_output_tokens?: unknown
  readonly prompt_tokens?: unknown
  readonly error?: unknown
}

interface Token {
  readonly text?: unknown
  readonly special?: unknown
  readonly count_output_tokens?: unknown
  readonly prompt_tokens?: unknown
}

interface Details {
  readonly finish_reason?: unknown
  readonly generated_tokens?: unknown
  readonly input_length?: unknown
  readonly prefill?: unknown
}

const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)

/** TGI's finish reasons in the words of the other dialects. */
const finishReasons: ReadonlyMap<string, string> = new Map([
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
])

/** Reads the events of /generate_stream, TGI's and LightLLM's, and the whole answers of /generate. */
export class TokenReader implements StreamReader {
  readonly #hidesSpecial: boolean
  readonly #count = new RunningCount()
  #ended = false
  #failed = false
  #tokenEvents = 0
  #usage: Usage = {}

  /** `hidesSpecial`: the text of special tokens, which events spell out, is no part of the answer. */
  constructor({ hidesSpecial }: { readonly hidesSpecial: boolean }) {
    this.#hidesSpecial = hidesSpecial
  }

  reset(): void {
    this.#count.reset()
    this.#ended = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#usage = {}
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    // LightLLM sends OpenAI's end marker after an error.
    if (this.#failed || isDone(bytes, start, end)) return
    const json = parseJson(bytes, start, end, sink)
    if (json === undefined) {
      this.#failed = true
      return
    }
    // A whole answer may lie in a list of one.
    const event = (Array.isArray(json) && json.length === 1 ? json[0] : json) as TokenEvent | null
    if (event === null || typeof event !== 'object' || Array.isArray(event)) {
      const said = excerpt(JSON.stringify(json))
      this.#fail(sink, 'malformed', `The server sent JSON that is no event: ${said}`)
      return
    }
    const error = errorIn(event)
    if (error !== undefined) this.#fail(sink, 'stream-error', error)
    else if (event.token === undefined && isText(event.generated_text)) this.#whole(event, sink)
    else this.#event(event, sink)
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (!this.#ended) sink.fail('truncated', 'The reply ended before its last event.')
    else if (this.#tokenEvents === 0) sink.fail('empty', 'The reply holds no token.')
  }

  #event({ token, generated_text, finished, finish_reason, details }: TokenEvent, sink: StreamSink): void {
    if (token !== null && typeof token === 'object') this.#token(token, sink)
    if (finished !== true && typeof generated_text !== 'string') return
    this.#ended = true
    this.#finish(details?.finish_reason ?? finish_reason, sink)
    this.#tellUsage(ofDetails(details), sink)
  }

  #token({ text, special, count_output_tokens, prompt_tokens }: Token, sink: StreamSink): void {
    const isHidden = this.#hidesSpecial && special === true
    // LightLLM writes 0 for a count it does not have.
    const stated = count_output_tokens === 0 ? undefined : count_output_tokens
    this.#say(isHidden ? '' : text, this.#count.since(stated), sink)
    this.#usage = {
      ...(prompt_tokens === 0 ? {} : countOf('inputTokens', prompt_tokens)),
      ...countOf('outputTokens', stated),
    }
  }

  #whole(event: TokenEvent, sink: StreamSink): void {
    const { generated_text, details, prompt_tokens } = event
    const texts = Array.isArray(generated_text) ? generated_text : [generated_text]
    const counts = listOf(details?.generated_tokens ?? event.count_output_tokens)
    const reasons = listOf(details?.finish_reason ?? event.finish_reason)
    this.#ended = true
    for (const [index, text] of texts.entries()) {
      if (texts.length > 1) sink.prompt(index)
      this.#say(text, wholeCount(counts[index]), sink)
      this.#finish(reasons[index], sink)
    }
    const known = counts.map(wholeCount)
    const total = known.reduce<number | undefined>(
      (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
      0,
    )
    this.#tellUsage(
      {
        ...countOf('inputTokens', prompt_tokens),
        ...ofDetails(details),
        ...(counts.length === texts.length ? countOf('outputTokens', total) : {}),
      },
      sink,
    )
  }

  /** An event without text is a token that waits for the rest of its character, or one that is not shown. */
  #say(text: unknown, tokens: number | undefined, sink: StreamSink): void {
    const said = typeof text === 'string' ? text : ''
    if (said === '' && tokens === 0) return
    this.#tokenEvents++
    const utf8 = said === '' ? noBytes : encoder.encode(said)
    const flags = said === '' ? eventFlags.empty : eventFlags.content
    sink.event(flags, Math.min(tokens ?? 1, maxEventTokens), utf8, 0, utf8.length)
  }

  #finish(reason: unknown, sink: StreamSink): void {
    if (typeof reason !== 'string') return
    sink.finish(finishReasons.get(reason) ?? reason)
    if (reason === 'error' || reason === 'abort') {
      this.#fail(sink, 'stream-error', `The server ended the answer with finish_reason "${reason}".`)
    }
  }

  #tellUsage(more: Usage, sink: StreamSink): void {
    const usage = { ...this.#usage, ...more }
    if (Object.keys(usage).length > 0) sink.usage(usage)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || Array.isArray(value)
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function wholeCount(value: unknown): number | undefined {
  return countOf('outputTokens', value).outputTokens
}

/** The prompt's tokens are listed when `decoder_input_details` asks for them; its length comes with streams. */
function ofDetails(details: Details | null | undefined): Usage {
  if (details === null || details === undefined) return {}
  const { input_length, prefill, generated_tokens } = details
  const listed = Array.isArray(prefill) && prefill.length > 0 ? prefill.length : undefined
  return { ...countOf('inputTokens', input_length ?? listed), ...countOf('outputTokens', generated_tokens) }
}
