import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { Answer } from './openai-answer.ts'
import { type Choice, type Chunk, type Part, partsOf } from './openai-chunk.ts'
import { errorIn } from './openai-error.ts'
import { UsageTally, usageOf } from './openai-usage.ts'
import { excerpt, parseJson } from './payload.ts'

const encoder = new TextEncoder()
const doneMarker = encoder.encode('[DONE]')
const empty = new Uint8Array(0)
/** More answers than a request can ask for. */
const maxAnswers = 65_536
/** What the columns of events hold. */
const maxTokens = 65_535

/**
 * Reads the chunks of /v1/chat/completions and /v1/completions, streamed or whole. The first event of each answer is
 * parsed, and whatever differs from it in more than its text.
 */
export class OpenAiReader implements StreamReader {
  readonly #emptyTextIsToken: boolean
  readonly #usage: UsageTally
  readonly #first = new Answer(0)
  readonly #others = new Map<number, Answer>()
  /** The answer that the sink was told of last. */
  #answer = this.#first
  #template = this.#first.template
  #seen = 0
  #finished = 0
  #done = false
  #failed = false
  #tokenEvents = 0
  #idSeen = false
  #totalSeen = false
  #outputTokens: number | undefined

  /**
   * `onePrompt`: all choices answer one prompt, as in chat. `emptyTextIsToken`: a frame with an empty text is a token
   * that waits for the rest of its character; else such frames are taken for the server's bookkeeping.
   */
  constructor(options: { readonly onePrompt?: boolean; readonly emptyTextIsToken?: boolean } = {}) {
    this.#usage = new UsageTally(options.onePrompt ?? false)
    this.#emptyTextIsToken = options.emptyTextIsToken ?? true
  }

  reset(_echoes: readonly string[] = []): void {
    this.#usage.reset()
    this.#first.reset()
    this.#others.clear()
    this.#answer = this.#first
    this.#template = this.#first.template
    this.#seen = 0
    this.#finished = 0
    this.#done = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#idSeen = false
    this.#totalSeen = false
    this.#outputTokens = undefined
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    const template = this.#template
    if (template.fits(bytes, start, end)) {
      this.#tokenEvents++
      sink.event(template.flags, 1, bytes, template.textStart(start), template.textEnd(end))
    } else if (this.#others.size > 0 && this.#fitsOther(bytes, start, end, sink)) {
      const { template: other } = this.#answer
      this.#tokenEvents++
      sink.event(other.flags, 1, bytes, other.textStart(start), other.textEnd(end))
    } else if (isDone(bytes, start, end)) {
      this.#done = true
    } else {
      this.#parse(bytes, start, end, sink)
    }
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (!this.#done && (this.#seen === 0 || this.#finished < this.#seen)) {
      sink.fail('truncated', 'The reply ended without a finish reason and without [DONE].')
    } else if (this.#tokenEvents === 0) {
      const counted = this.#outputTokens ?? 0
      const but = counted > 0 ? ` text, although the server counts ${counted} output tokens.` : ' token.'
      sink.fail('empty', `The reply holds no${but}`)
    }
  }

  /** Turns to the answer that the event belongs to, if the event fits that one's template. */
  #fitsOther(bytes: Uint8Array, start: number, end: number, sink: StreamSink): boolean {
    const index = this.#answer.template.indexIn(bytes, start, end)
    const answer = index === undefined ? undefined : this.#answerAt(index)
    if (answer === undefined || !answer.template.fits(bytes, start, end)) return false
    this.#turnTo(answer, sink)
    return true
  }

  #answerAt(index: number): Answer | undefined {
    return index === 0 ? this.#first : this.#others.get(index)
  }

  #turnTo(answer: Answer, sink: StreamSink): void {
    if (answer === this.#answer) return
    this.#answer = answer
    this.#template = answer.template
    sink.prompt(answer.index)
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
      const said = excerpt(JSON.stringify(chunk))
      this.#fail(sink, 'malformed', `The server sent JSON that is no chunk: ${said}`)
      return
    }
    const error = errorIn(chunk)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    const id = chunk.id ?? chunk.request_id
    if (!this.#idSeen && typeof id === 'string') {
      this.#idSeen = true
      sink.serverId(id)
    }
    const choices = Array.isArray(chunk.choices) ? (chunk.choices as (Choice | null)[]) : []
    const usage = usageOf(chunk)
    // What comes beside one choice is that choice's own; what comes beside none or several is the total.
    const own = choices.length === 1 ? usage : undefined
    const source = choices.length === 1 && usage === undefined ? bytes.subarray(start, end) : undefined
    const isProgress = (chunk.prompt_progress ?? undefined) !== undefined
    for (const choice of choices) {
      if (choice === null || typeof choice !== 'object') continue
      const answer = this.#answerOf(choice, sink)
      if (answer === undefined) return
      this.#choice(answer, choice, sink, { source, own, isProgress })
      if (own !== undefined && !this.#totalSeen) this.#tellUsage(this.#usage.add(answer.index, own), sink)
    }
    if (usage !== undefined && own === undefined) {
      this.#totalSeen = true
      this.#tellUsage(usage, sink)
    }
  }

  #tellUsage(usage: Usage, sink: StreamSink): void {
    this.#outputTokens = usage.outputTokens
    sink.usage(usage)
  }

  /** The answer that a choice belongs to, and nothing when its number is absurd. */
  #answerOf({ index }: Choice, sink: StreamSink): Answer | undefined {
    const number = index ?? 0
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number >= maxAnswers) {
      this.#fail(
        sink,
        'malformed',
        `The server sent a choice with the index ${excerpt(JSON.stringify(index))}.`,
      )
      return undefined
    }
    let answer = this.#answerAt(number)
    if (answer === undefined) {
      answer = new Answer(number)
      this.#others.set(number, answer)
    }
    if (!answer.seen) {
      answer.seen = true
      this.#seen++
    }
    return answer
  }

  /** `source`: the event's bytes when a template may be learned from it; `own`: usage of this answer alone. */
  #choice(
    answer: Answer,
    choice: Choice,
    sink: StreamSink,
    frame: {
      readonly source: Uint8Array | undefined
      readonly own: Usage | undefined
      readonly isProgress: boolean
    },
  ): void {
    const delta = choice.delta ?? choice.message ?? undefined
    const finish = typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined
    const parts = partsOf(choice, delta)
    const spoken = parts.filter(([, text]) => text !== '')
    const ids = Array.isArray(choice.token_ids) ? choice.token_ids.length : undefined
    const stated = frame.own?.outputTokens
    // A count that comes for the first time with the end says nothing about that frame.
    const isAtEndOnly = spoken.length === 0 && finish !== undefined && !answer.usageSeen
    const tokens = ids ?? (isAtEndOnly ? undefined : answer.newTokens(stated))
    const isBookkeeping = frame.isProgress || typeof delta?.role === 'string'
    const isSilentToken =
      ids !== undefined
        ? ids > 0
        : !isBookkeeping &&
          (tokens === undefined
            ? this.#emptyTextIsToken && parts.length > 0 && finish === undefined
            : tokens > 0)
    if (spoken.length > 0) {
      this.#turnTo(answer, sink)
      this.#speak(spoken, tokens, sink)
      const [only] = spoken
      const isPlain = spoken.length === 1 && finish === undefined && ids === undefined
      if (frame.source !== undefined && only !== undefined && isPlain) answer.learn(frame.source, only)
    } else if (isSilentToken) {
      this.#turnTo(answer, sink)
      this.#tokenEvents++
      sink.event(eventFlags.empty, Math.min(tokens ?? 1, maxTokens), empty, 0, 0)
    }
    if ((spoken.length > 0 || isSilentToken) && answer.stated !== undefined) answer.stated = stated
    if (stated !== undefined) answer.usageSeen = true
    if (finish !== undefined) this.#finish(answer, finish, sink)
  }

  /** The tokens of a frame belong to its first part. */
  #speak(spoken: readonly Part[], tokens: number | undefined, sink: StreamSink): void {
    let left = tokens === undefined ? undefined : Math.min(tokens, maxTokens)
    for (const [flags, text] of spoken) {
      this.#tokenEvents++
      const utf8 = encoder.encode(text)
      sink.event(flags, left ?? 1, utf8, 0, utf8.length)
      if (left !== undefined) left = 0
    }
  }

  #finish(answer: Answer, reason: string, sink: StreamSink): void {
    if (answer.finished) return
    answer.finished = true
    this.#finished++
    this.#turnTo(answer, sink)
    sink.finish(reason)
    if (reason === 'error' || reason === 'abort') {
      this.#fail(sink, 'stream-error', `The server ended the answer with finish_reason "${reason}".`)
    }
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** Whether bytes[start, end) is the end marker of OpenAI streams. */
export function isDone(bytes: Uint8Array, start: number, end: number): boolean {
  let from = start
  let to = end
  while (to > from && (bytes[to - 1] ?? 0) <= 32) to--
  while (from < to && (bytes[from] ?? 0) <= 32) from++
  if (to - from !== doneMarker.length) return false
  for (let i = 0; i < doneMarker.length; i++) if (bytes[from + i] !== doneMarker[i]) return false
  return true
}
