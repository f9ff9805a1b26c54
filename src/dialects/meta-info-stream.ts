import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { isDone } from './openai-stream.ts'
import { UsageTally } from './openai-usage.ts'
import { countOf, excerpt, parseJson } from './payload.ts'
import { maxEventTokens, RunningCount } from './running-count.ts'
import { TextGrowth } from './text-growth.ts'

/** An event, or a whole answer, as far as Assay reads it. */
interface Piece {
  readonly index?: unknown
  readonly text?: unknown
  readonly output_ids?: unknown
  readonly meta_info?: MetaInfo | null
  readonly error?: unknown
}

interface MetaInfo {
  readonly id?: unknown
  readonly finish_reason?: unknown
  readonly prompt_tokens?: unknown
  readonly completion_tokens?: unknown
  readonly cached_tokens?: unknown
  readonly reasoning_tokens?: unknown
}

/** One of the answers in a reply. */
class Answer {
  readonly growth = new TextGrowth()
  readonly count = new RunningCount()
  /** Ids by now. */
  ids = 0
  finished = false
}

const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)
/** More answers than a request can ask for. */
const maxAnswers = 65_536

/**
 * Reads the events of /generate as SGLang and LMDeploy send them, a text with its ids and `meta_info`, and whole answers. A
 * server's flag decides whether an event holds what is new or all so far: its ids show which, since all so far are as many
 * as `completion_tokens`.
 */
export class MetaInfoReader implements StreamReader {
  readonly #cumulative: boolean
  readonly #usage = new UsageTally(false)
  readonly #answers = new Map<number, Answer>()
  #told = 0
  #finished = 0
  #done = false
  #failed = false
  #tokenEvents = 0
  #idSeen = false
  /** What the ids have shown. */
  #shown: boolean | undefined

  /** `cumulative`: of events without ids. */
  constructor({ cumulative }: { readonly cumulative: boolean }) {
    this.#cumulative = cumulative
  }

  reset(): void {
    this.#usage.reset()
    this.#answers.clear()
    this.#told = 0
    this.#finished = 0
    this.#done = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#idSeen = false
    this.#shown = undefined
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    if (isDone(bytes, start, end)) {
      this.#done = true
      return
    }
    const json = parseJson(bytes, start, end, sink)
    if (json === undefined) {
      this.#failed = true
      return
    }
    // Several answers at once come as a list.
    const pieces = Array.isArray(json) ? (json as unknown[]) : [json]
    for (const [i, piece] of pieces.entries()) {
      if (piece === null || typeof piece !== 'object' || i >= maxAnswers) {
        const said = excerpt(JSON.stringify(json))
        this.#fail(sink, 'malformed', `The server sent JSON that is no event: ${said}`)
      } else this.#piece(piece, Array.isArray(json) ? i : 0, sink)
      if (this.#failed) return
    }
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (!this.#done && (this.#answers.size === 0 || this.#finished < this.#answers.size)) {
      sink.fail('truncated', 'The reply ended without a finish reason and without [DONE].')
    } else if (this.#tokenEvents === 0) {
      sink.fail('empty', 'The reply holds no token.')
    }
  }

  #piece(piece: Piece, position: number, sink: StreamSink): void {
    const error = errorIn(piece)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    const about = piece.meta_info ?? {}
    if (typeof about.id === 'string' && !this.#idSeen) {
      this.#idSeen = true
      sink.serverId(about.id)
    }
    const index = piece.index ?? position
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= maxAnswers) {
      const said = excerpt(JSON.stringify(index))
      this.#fail(sink, 'malformed', `The server sent an event with the index ${said}.`)
      return
    }
    const answer = this.#answerAt(index)
    this.#say(answer, index, piece, about, sink)
    if (!this.#failed) this.#finish(answer, index, about, sink)
  }

  #say(answer: Answer, index: number, piece: Piece, about: MetaInfo, sink: StreamSink): void {
    const text = typeof piece.text === 'string' ? piece.text : ''
    const ids = Array.isArray(piece.output_ids) ? piece.output_ids.length : undefined
    const counted = answer.count.since(about.completion_tokens)
    const isAll = this.#isAll(answer, ids, about.completion_tokens)
    // The first ids may be all so far as well as what is new.
    if (!isAll && ids !== undefined && answer.ids === 0) answer.growth.next(text)
    const news = isAll ? answer.growth.next(text) : text
    if (news === undefined) {
      const wayOut = this.#shown === undefined ? ' If events hold only what is new, set text: delta.' : ''
      const message = `The server sent a text that does not continue the one before it: ${JSON.stringify(excerpt(text))}.`
      this.#fail(sink, 'malformed', message + wayOut)
      return
    }
    const tokens = ids === undefined ? counted : isAll ? Math.max(0, ids - answer.ids) : ids
    answer.ids = ids === undefined ? answer.ids : isAll ? ids : answer.ids + ids
    if (news === '' && (tokens ?? 0) === 0) return
    this.#turnTo(index, sink)
    this.#tokenEvents++
    const utf8 = news === '' ? noBytes : encoder.encode(news)
    const flags = news === '' ? eventFlags.empty : eventFlags.content
    sink.event(flags, Math.min(tokens ?? 1, maxEventTokens), utf8, 0, utf8.length)
  }

  /** Whether an event holds all so far. The second event of an answer shows it for the whole reply. */
  #isAll(answer: Answer, ids: number | undefined, counted: unknown): boolean {
    if (ids !== undefined && ids > 0 && answer.ids > 0 && typeof counted === 'number') {
      this.#shown ??= ids === counted
    }
    return this.#shown ?? this.#cumulative
  }

  #finish(answer: Answer, index: number, about: MetaInfo, sink: StreamSink): void {
    const reason = reasonOf(about.finish_reason)
    if (reason === undefined || answer.finished) return
    answer.finished = true
    this.#finished++
    this.#turnTo(index, sink)
    sink.finish(reason)
    const usage = usageOf(about)
    if (Object.keys(usage).length > 0) sink.usage(this.#usage.add(index, usage))
    if (reason === 'abort' || reason === 'error') {
      this.#fail(sink, 'stream-error', `The server ended the answer with finish_reason "${reason}".`)
    }
  }

  #answerAt(index: number): Answer {
    let answer = this.#answers.get(index)
    if (answer === undefined) {
      answer = new Answer()
      this.#answers.set(index, answer)
    }
    return answer
  }

  #turnTo(index: number, sink: StreamSink): void {
    if (index === this.#told) return
    this.#told = index
    sink.prompt(index)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** `{"type": "length"}`, or the word alone as older versions send it. */
function reasonOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value === null || typeof value !== 'object') return undefined
  const { type } = value as { readonly type?: unknown }
  return typeof type === 'string' ? type : undefined
}

function usageOf(about: MetaInfo): Usage {
  return {
    ...countOf('inputTokens', about.prompt_tokens),
    ...countOf('outputTokens', about.completion_tokens),
    ...countOf('cachedTokens', about.cached_tokens),
    ...countOf('reasoningTokens', about.reasoning_tokens),
  }
}
