import type { StreamSink } from '../../model/dialect.ts'
import { eventFlags } from '../../model/record.ts'
import { countOf } from '../payload.ts'
import { maxEventTokens } from '../running-count.ts'

/** What one response of a model holds, whatever carried it. */
export interface Response {
  readonly text?: unknown
  readonly tokens?: unknown
  readonly inputTokens?: unknown
  readonly finishReason?: unknown
}

/** Names of the outputs that are read besides the text. */
export const outputNames = {
  tokens: 'num_output_tokens',
  inputTokens: 'num_input_tokens',
  finishReason: 'finish_reason',
} as const

const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)

/** Turns the responses to one request into events. */
export class OutputReader {
  readonly #mode: 'auto' | 'delta' | 'cumulative'
  #isCumulative = false
  /** All text so far, while responses may repeat it. */
  #text = ''
  #echo = ''
  #responses = 0
  /** Tokens that the server stated; `undefined` when it did not for one of them. */
  #tokens: number | undefined = 0
  #inputTokens: unknown
  #reason: string | undefined
  /** Responses without text and counts since the last one with: tokens, unless the reply ends with them. */
  #silent = 0

  constructor(mode: 'auto' | 'delta' | 'cumulative') {
    this.#mode = mode
  }

  /** `echo`: what the first text may begin with and nobody generated. */
  reset(echo = ''): void {
    this.#isCumulative = this.#mode === 'cumulative'
    this.#text = ''
    this.#echo = echo
    this.#responses = 0
    this.#tokens = 0
    this.#inputTokens = undefined
    this.#reason = undefined
    this.#silent = 0
  }

  /** One response. */
  read({ text, tokens, inputTokens, finishReason }: Response, sink: StreamSink): void {
    if (typeof finishReason === 'string' && finishReason !== '') this.#reason = finishReason
    this.#inputTokens = inputTokens ?? this.#inputTokens
    const said = this.#news(typeof text === 'string' ? text : '')
    const { outputTokens: stated } = countOf('outputTokens', tokens)
    if (stated === undefined && said === '') {
      this.#silent++
      return
    }
    this.#sayHeldBack(sink)
    if (stated === 0 && said === '') return
    this.#event(said, stated, sink)
  }

  /** The reply has ended as its transport says: whole. */
  end(sink: StreamSink): void {
    if (this.#responses === 0) {
      sink.fail('empty', 'The reply holds no text.')
      return
    }
    if (this.#reason !== undefined) sink.finish(this.#reason)
    const usage = {
      ...countOf('inputTokens', this.#inputTokens),
      ...countOf('outputTokens', this.#tokens),
    }
    if (Object.keys(usage).length > 0) sink.usage(usage)
  }

  #event(text: string, tokens: number | undefined, sink: StreamSink): void {
    this.#responses++
    this.#tokens = this.#tokens === undefined || tokens === undefined ? undefined : this.#tokens + tokens
    const utf8 = text === '' ? noBytes : encoder.encode(text)
    const flags = text === '' ? eventFlags.empty : eventFlags.content
    sink.event(flags, Math.min(tokens ?? 1, maxEventTokens), utf8, 0, utf8.length)
  }

  /** Something follows, so they were tokens: half a character, or a special one. */
  #sayHeldBack(sink: StreamSink): void {
    for (; this.#silent > 0; this.#silent--) this.#event('', undefined, sink)
  }

  /** What is new in a text. */
  #news(text: string): string {
    if (this.#echo !== '' && text.startsWith(this.#echo)) {
      const rest = text.slice(this.#echo.length)
      if (!this.#isCumulative) this.#echo = ''
      return this.#withoutKnown(rest)
    }
    return this.#withoutKnown(text)
  }

  #withoutKnown(text: string): string {
    if (this.#mode === 'delta') return text
    const before = this.#text
    if (!this.#isCumulative && this.#mode === 'auto' && this.#responses === 1) {
      this.#isCumulative = text.length > before.length && text.startsWith(before)
    }
    if (!this.#isCumulative) {
      if (this.#responses === 0) this.#text = text
      return text
    }
    if (!text.startsWith(before)) return text
    this.#text = text
    return text.slice(before.length)
  }
}
