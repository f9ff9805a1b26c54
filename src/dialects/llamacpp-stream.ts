import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { UsageTally } from './openai-usage.ts'
import { countOf, excerpt, parseJson } from './payload.ts'
import { maxEventTokens, RunningCount } from './running-count.ts'

/** An event of /completion, or a whole answer, as far as Assay reads it. */
interface Piece {
  readonly index?: unknown
  readonly content?: unknown
  readonly tokens?: unknown
  readonly stop?: unknown
  readonly stop_type?: unknown
  readonly stopped_eos?: unknown
  readonly stopped_word?: unknown
  readonly stopped_limit?: unknown
  readonly tokens_predicted?: unknown
  readonly tokens_evaluated?: unknown
  readonly timings?: unknown
  readonly prompt_progress?: unknown
  readonly error?: unknown
}

/** One of the answers in a reply. */
class Answer {
  readonly index: number
  readonly count = new RunningCount()
  ended = false

  constructor(index: number) {
    this.index = index
  }
}

const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)
/** More answers than a request can ask for. */
const maxAnswers = 65_536

const finishReasons: ReadonlyMap<unknown, string> = new Map([
  ['eos', 'stop'],
  ['word', 'stop'],
  ['limit', 'length'],
])

/**
 * Reads the events of llama.cpp's /completion, and its whole answers. Tokens whose text is not whole yet bring no event:
 * how many an event stands for shows in the count that each states.
 */
export class LlamacppReader implements StreamReader {
  readonly #usage = new UsageTally(false)
  readonly #answers = new Map<number, Answer>()
  /** The answer that the sink was told of last. */
  #told = 0
  #ended = 0
  #failed = false
  #tokenEvents = 0

  reset(): void {
    this.#usage.reset()
    this.#answers.clear()
    this.#told = 0
    this.#ended = 0
    this.#failed = false
    this.#tokenEvents = 0
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    const json = parseJson(bytes, start, end, sink)
    if (json === undefined) {
      this.#failed = true
      return
    }
    // A stream for several prompts opens with `data: null`; their whole answers come as a list.
    if (json === null) return
    for (const piece of Array.isArray(json) ? (json as unknown[]) : [json]) {
      if (piece === null || typeof piece !== 'object') {
        const said = excerpt(JSON.stringify(json))
        this.#fail(sink, 'malformed', `The server sent JSON that is no event: ${said}`)
        return
      }
      this.#piece(piece, sink)
      if (this.#failed) return
    }
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (this.#answers.size === 0 || this.#ended < this.#answers.size) {
      sink.fail('truncated', 'The reply ended without an event that says stop: true.')
    } else if (this.#tokenEvents === 0) {
      sink.fail('empty', 'The reply holds no token.')
    }
  }

  #piece(piece: Piece, sink: StreamSink): void {
    const error = errorIn(piece)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    const answer = this.#answerOf(piece, sink)
    if (answer === undefined || answer.ended) return
    const content = typeof piece.content === 'string' ? piece.content : ''
    const tokens = answer.count.since(piece.tokens_predicted) ?? uncounted(piece, content)
    if (content !== '' || (tokens > 0 && (piece.prompt_progress ?? undefined) === undefined)) {
      this.#say(answer, content, tokens, sink)
    }
    if (piece.stop === true) this.#finish(answer, piece, sink)
  }

  /** The answer that an event belongs to, and nothing when its number is absurd. */
  #answerOf({ index = 0 }: Piece, sink: StreamSink): Answer | undefined {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= maxAnswers) {
      const said = excerpt(JSON.stringify(index))
      this.#fail(sink, 'malformed', `The server sent an event with the index ${said}.`)
      return undefined
    }
    let answer = this.#answers.get(index)
    if (answer === undefined) {
      answer = new Answer(index)
      this.#answers.set(index, answer)
    }
    return answer
  }

  #say(answer: Answer, content: string, tokens: number, sink: StreamSink): void {
    this.#turnTo(answer, sink)
    this.#tokenEvents++
    const utf8 = content === '' ? noBytes : encoder.encode(content)
    const flags = content === '' ? eventFlags.empty : eventFlags.content
    sink.event(flags, Math.min(tokens, maxEventTokens), utf8, 0, utf8.length)
  }

  #finish(answer: Answer, piece: Piece, sink: StreamSink): void {
    answer.ended = true
    this.#ended++
    this.#turnTo(answer, sink)
    const reason = reasonOf(piece)
    if (reason !== undefined) sink.finish(reason)
    const usage = usageOf(piece)
    if (Object.keys(usage).length > 0) sink.usage(this.#usage.add(answer.index, usage))
  }

  #turnTo({ index }: Answer, sink: StreamSink): void {
    if (index === this.#told) return
    this.#told = index
    sink.prompt(index)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** Tokens of an event that does not say how many there are by now, or says less than before. */
function uncounted({ tokens, stop }: Piece, content: string): number {
  if (Array.isArray(tokens) && tokens.length > 0) return tokens.length
  // Old builds send a token that waits for the rest of a stop word without its text; their ends bring none.
  return content === '' && stop === true ? 0 : 1
}

/** Builds of 2024 say it in three flags. */
function reasonOf({ stop_type, stopped_eos, stopped_word, stopped_limit }: Piece): string | undefined {
  if (typeof stop_type === 'string') {
    return finishReasons.get(stop_type) ?? (stop_type === 'none' ? undefined : stop_type)
  }
  if (stopped_eos === true || stopped_word === true) return 'stop'
  return stopped_limit === true ? 'length' : undefined
}

/** `tokens_evaluated` counts cached tokens too. */
function usageOf({ tokens_predicted, tokens_evaluated, timings }: Piece): Usage {
  const { cache_n } = (timings ?? {}) as { readonly cache_n?: unknown }
  return {
    ...countOf('inputTokens', tokens_evaluated),
    ...countOf('outputTokens', tokens_predicted),
    ...countOf('cachedTokens', cache_n),
  }
}
