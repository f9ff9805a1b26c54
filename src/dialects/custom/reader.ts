import type { StreamReader, StreamSink, Usage } from '../../model/dialect.ts'
import { eventFlags } from '../../model/record.ts'
import { errorIn } from '../openai-error.ts'
import { countOf, excerpt, parseJson } from '../payload.ts'
import { maxEventTokens, RunningCount } from '../running-count.ts'
import { TextGrowth } from '../text-growth.ts'
import type { Paths, ReplyDescription } from './description.ts'
import { valueAt } from './path.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const noBytes = new Uint8Array(0)
/** More answers than a request can ask for. */
const maxAnswers = 65_536

/** One of the answers in a reply. */
class Answer {
  readonly growth = new TextGrowth()
  readonly count = new RunningCount()
  /** All of its text, where each payload holds what is new and the prompt comes first. */
  text = ''
  finished = false
}

/** Reads replies as a description says. */
export class CustomReader implements StreamReader {
  readonly #reply: ReplyDescription
  #echoes: readonly string[] = []
  #answers: Answer[] = []
  #told = 0
  #done = false
  #failed = false
  #tokenEvents = 0
  #idSeen = false
  #usage: Usage = {}

  constructor(reply: ReplyDescription) {
    this.#reply = reply
  }

  reset(echoes: readonly string[]): void {
    this.#echoes = echoes
    this.#answers = []
    this.#told = 0
    this.#done = false
    this.#failed = false
    this.#tokenEvents = 0
    this.#idSeen = false
    this.#usage = {}
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed || this.#done) return
    const { framing, doneText, ignored } = this.#reply
    if (framing === 'raw') {
      this.#raw(bytes, start, end, sink)
      return
    }
    if (doneText !== undefined || ignored.size > 0) {
      const payload = decoder.decode(bytes.subarray(start, Math.min(end, start + 256))).trim()
      if (payload === doneText) this.#done = true
      if (payload === doneText || ignored.has(payload)) return
    }
    const payload = parseJson(bytes, start, end, sink)
    if (payload === undefined) this.#failed = true
    else if (payload === null || typeof payload !== 'object') {
      this.#fail(
        sink,
        'malformed',
        `The server sent JSON that is no event: ${excerpt(JSON.stringify(payload))}`,
      )
    } else this.#payload(payload, sink)
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    const { framing, doneText, paths } = this.#reply
    const states = doneText !== undefined || paths.done !== undefined || paths.finish !== undefined
    const isWhole =
      this.#done || (this.#answers.length > 0 && this.#answers.every(({ finished }) => finished))
    if (states && framing !== 'json' && !isWhole)
      sink.fail('truncated', 'The reply ended without its end marker.')
    else if (this.#tokenEvents === 0) sink.fail('empty', 'The reply holds no token.')
  }

  /** A text as it comes: a read is an event. The prompt that it may begin with is skipped. */
  #raw(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (!this.#reply.echo) {
      this.#tokenEvents++
      sink.event(eventFlags.content, 1, bytes, start, end)
      return
    }
    const answer = this.#answerAt(0)
    this.#say(0, grown(answer, decoder.decode(bytes.subarray(start, end)), 'delta'), undefined, sink)
  }

  #payload(payload: object, sink: StreamSink): void {
    const { paths, mode, framing } = this.#reply
    const at = (name: keyof Paths) => (paths[name] === undefined ? undefined : valueAt(payload, paths[name]))
    const error = paths.error === undefined ? errorIn(payload) : errorOf(at('error'))
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    const id = at('id')
    if (!this.#idSeen && typeof id === 'string') {
      this.#idSeen = true
      sink.serverId(id)
    }
    const texts = listOf(at('text'))
    const ids = at('ids')
    const tokens = listOf(at('tokens'))
    const counts = listOf(at('outputTokens'))
    const reasons = listOf(at('finish'))
    const several = Math.max(texts.length, reasons.length)
    if (several > maxAnswers) {
      this.#fail(sink, 'malformed', `The server sent ${several} answers at once.`)
      return
    }
    for (let i = 0; i < several; i++) {
      const answer = this.#answerAt(i)
      const text = typeof texts[i] === 'string' ? (texts[i] as string) : ''
      const news = mode === 'cumulative' || this.#echoes[i] !== undefined ? grown(answer, text, mode) : text
      const stated = idsOf(ids, i, several) ?? wholeCount(tokens[i])
      const running = answer.count.since(counts[i])
      this.#say(i, news, stated ?? (framing === 'json' ? wholeCount(counts[i]) : running), sink)
      this.#finish(answer, i, reasons[i], sink)
    }
    this.#count(paths.tokens === undefined ? counts : [], tokens, at('inputTokens'), sink)
    if (at('done') === true) this.#done = true
  }

  #answerAt(index: number): Answer {
    let answer = this.#answers[index]
    if (answer === undefined) {
      answer = new Answer()
      answer.growth.reset(this.#echoes[index])
      this.#answers[index] = answer
    }
    return answer
  }

  /** An event without text is one only when the server says that it has tokens. */
  #say(index: number, text: string, tokens: number | undefined, sink: StreamSink): void {
    if (text === '' && (tokens ?? 0) === 0) return
    if (index !== this.#told) {
      this.#told = index
      sink.prompt(index)
    }
    this.#tokenEvents++
    const utf8 = text === '' ? noBytes : encoder.encode(text)
    const flags = text === '' ? eventFlags.empty : eventFlags.content
    sink.event(flags, Math.min(tokens ?? 1, maxEventTokens), utf8, 0, utf8.length)
  }

  #finish(answer: Answer, index: number, reason: unknown, sink: StreamSink): void {
    if (answer.finished || reason === undefined || reason === null || reason === false || reason === '')
      return
    answer.finished = true
    if (index !== this.#told) {
      this.#told = index
      sink.prompt(index)
    }
    sink.finish(typeof reason === 'string' ? reason : 'stop')
  }

  /** Totals so far, of all answers together; counts of each payload alone are added up. */
  #count(counts: readonly unknown[], tokens: readonly unknown[], input: unknown, sink: StreamSink): void {
    const { outputTokens = 0 } = this.#usage
    const added = sum(tokens)
    const total = sum(counts)
    const next: Usage = {
      ...this.#usage,
      ...countOf('inputTokens', input),
      ...(total !== undefined
        ? { outputTokens: total }
        : added !== undefined
          ? { outputTokens: outputTokens + added }
          : {}),
    }
    if (next.inputTokens === this.#usage.inputTokens && next.outputTokens === this.#usage.outputTokens) return
    this.#usage = next
    sink.usage(next)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** What is new in a text, the prompt at its beginning left out. */
function grown(answer: Answer, text: string, mode: ReplyDescription['mode']): string {
  answer.text = mode === 'cumulative' ? text : answer.text + text
  return answer.growth.next(answer.text)
}

/** One value for each answer; a value alone is of the only one. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** How many ids an answer's payload has: a list, or a list for each of several answers. */
function idsOf(ids: unknown, index: number, several: number): number | undefined {
  if (!Array.isArray(ids)) return undefined
  const own: unknown = ids[index]
  if (Array.isArray(own)) return own.length
  return several === 1 ? ids.length : undefined
}

function wholeCount(value: unknown): number | undefined {
  return countOf('outputTokens', value).outputTokens
}

function sum(values: readonly unknown[]): number | undefined {
  let total: number | undefined
  for (const value of values) {
    const count = wholeCount(value)
    if (count !== undefined) total = (total ?? 0) + count
  }
  return total
}

/** What is at the error's place, unless it says that there is none. */
function errorOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '' || value === false) return undefined
  return typeof value === 'string' ? value : (errorIn({ error: value }) ?? excerpt(JSON.stringify(value)))
}
