import type { StreamReader, StreamSink, Usage } from '../model/dialect.ts'
import { type ErrorKind, eventFlags } from '../model/record.ts'
import type { ReplyDescription, ReplyPaths } from './custom-description.ts'
import { type JsonPath, valueAt } from './json-path.ts'
import { errorIn } from './openai-error.ts'
import { countOf, excerpt, parseJson } from './payload.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const empty = new Uint8Array(0)
/** More prompts than a request has. */
const maxPrompts = 65_536
/** What the columns of events hold. */
const maxTokens = 65_535
/** Characters kept of all texts that come whole again and again. */
const maxKept = 16 * 1024 * 1024
const usageKeys = ['inputTokens', 'outputTokens', 'cachedTokens'] as const

/** What is known of the reply to one prompt. */
interface Answer {
  /** All text so far, where it comes whole each time. */
  text: string
  /** What is left of the prompt that the reply begins with. */
  echo: string
  /** Token ids so far, where they come whole each time. */
  ids: number
  finished: boolean
}

/** Reads replies as a description says. */
export class CustomReader implements StreamReader {
  readonly #reply: ReplyDescription
  readonly #answers = new Map<number, Answer>()
  #echoes: readonly string[] = []
  #prompt = 0
  #finished = 0
  #done = false
  #failed = false
  #events = 0
  #payloads = 0
  #kept = 0
  #idSeen = false
  /** Output tokens stated so far; unknown for good once an event came without. */
  #stated: number | undefined = 0

  constructor(reply: ReplyDescription) {
    this.#reply = reply
  }

  reset(echoes: readonly string[]): void {
    this.#answers.clear()
    this.#echoes = echoes
    this.#prompt = 0
    this.#finished = 0
    this.#done = false
    this.#failed = false
    this.#events = 0
    this.#payloads = 0
    this.#kept = 0
    this.#idSeen = false
    this.#stated = 0
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    this.#payloads++
    const { framing, done, paths } = this.#reply
    if (framing === 'raw') {
      this.#plainText(bytes, start, end, sink)
      return
    }
    if (done !== undefined && isText(done, bytes, start, end)) {
      this.#done = true
      return
    }
    const payload = parseJson(bytes, start, end, sink)
    if (payload === undefined) {
      this.#failed = true
      return
    }
    const error = this.#errorIn(payload)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    const id = paths.serverId === undefined ? undefined : valueAt(payload, paths.serverId)
    if (!this.#idSeen && typeof id === 'string') {
      this.#idSeen = true
      sink.serverId(id)
    }
    const usage = this.#usageIn(payload)
    this.#readAnswers(payload, usage.outputTokens, sink)
    if (Object.keys(usage).length > 0) sink.usage(usage)
    if (paths.doneWhen !== undefined && isSaid(valueAt(payload, paths.doneWhen))) this.#done = true
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    const { framing, paths } = this.#reply
    const ends = endingsOf(this.#reply)
    const isFinished = this.#answers.size > 0 && this.#finished >= this.#answers.size
    const isWhole = this.#done || (paths.finishReason !== undefined && isFinished)
    if (framing !== 'json' && ends !== undefined && !isWhole && this.#payloads > 0) {
      sink.fail('truncated', `The reply ended without ${ends}.`)
    } else if (this.#events === 0) {
      const where = paths.text === undefined ? '' : ` at ${paths.text.text}`
      sink.fail('empty', `The reply holds no text${where}.`)
    }
  }

  #plainText(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#echoes.length > 0) {
      this.#say(this.#answerTo(0), decoder.decode(bytes.subarray(start, end)), undefined, sink)
    } else if (end > start) {
      this.#events++
      sink.event(eventFlags.content, 1, bytes, start, end)
    }
  }

  #errorIn(payload: unknown): string | undefined {
    const { error } = this.#reply.paths
    const said =
      error === undefined
        ? errorIn(payload !== null && typeof payload === 'object' ? payload : {})
        : valueAt(payload, error)
    if (!isSaid(said) || said === '' || said === 0) return undefined
    return excerpt(typeof said === 'string' ? said : (errorIn({ error: said }) ?? JSON.stringify(said)))
  }

  #usageIn(payload: unknown): Usage {
    const usage: Record<string, number> = {}
    for (const key of usageKeys) {
      const path = this.#reply.paths[key]
      if (path !== undefined) Object.assign(usage, countOf(key, sumOf(valueAt(payload, path))))
    }
    return usage
  }

  /** A list of texts answers one prompt each. */
  #readAnswers(payload: unknown, stated: number | undefined, sink: StreamSink): void {
    const { paths } = this.#reply
    const at = (path: JsonPath | undefined) => (path === undefined ? undefined : valueAt(payload, path))
    const text = at(paths.text)
    const finish = at(paths.finishReason)
    const ids = at(paths.tokenIds)
    const tokens = at(paths.tokens)
    if (Array.isArray(text)) {
      for (const [i, one] of text.slice(0, maxPrompts).entries()) {
        this.#readAnswer(
          i,
          { text: one, ids: itemOf(ids, i, true), tokens: itemOf(tokens, i), finish: itemOf(finish, i) },
          undefined,
          sink,
        )
      }
      return
    }
    const prompt = at(paths.prompt) ?? 0
    if (typeof prompt !== 'number' || !Number.isInteger(prompt) || prompt < 0 || prompt >= maxPrompts) {
      this.#fail(sink, 'malformed', `The server answers the prompt ${excerpt(JSON.stringify(prompt))}.`)
      return
    }
    this.#readAnswer(prompt, { text, ids, tokens: sumOf(tokens), finish: itemOf(finish, 0) }, stated, sink)
  }

  #readAnswer(
    prompt: number,
    said: {
      readonly text: unknown
      readonly ids: unknown
      readonly tokens: unknown
      readonly finish: unknown
    },
    stated: number | undefined,
    sink: StreamSink,
  ): void {
    const text = typeof said.text === 'string' ? said.text : ''
    const hasIds = Array.isArray(said.ids)
    if (typeof said.text !== 'string' && !hasIds && !isSaid(said.finish)) return
    const answer = this.#answerTo(prompt)
    if (prompt !== this.#prompt) {
      this.#prompt = prompt
      sink.prompt(prompt)
    }
    const events = this.#events
    const known = this.#tokensOf(answer, said.ids, said.tokens) ?? this.#newTokens(stated)
    this.#say(answer, text, known, sink)
    if (this.#events > events && this.#stated !== undefined) this.#stated = stated
    if (isSaid(said.finish) && !answer.finished) {
      answer.finished = true
      this.#finished++
      sink.finish(excerpt(finishOf(said.finish)))
    }
  }

  #answerTo(prompt: number): Answer {
    let answer = this.#answers.get(prompt)
    if (answer === undefined) {
      answer = { text: '', echo: this.#echoes[prompt] ?? '', ids: 0, finished: false }
      this.#answers.set(prompt, answer)
    }
    return answer
  }

  #tokensOf(answer: Answer, ids: unknown, tokens: unknown): number | undefined {
    if (Array.isArray(ids)) {
      const before = this.#reply.textMode === 'cumulative' ? answer.ids : 0
      answer.ids = ids.length
      return Math.max(0, ids.length - before)
    }
    return typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined
  }

  /** Tokens since the last event, where every payload states how many there are by now. */
  #newTokens(stated: number | undefined): number | undefined {
    if (stated === undefined || this.#stated === undefined || stated < this.#stated) return undefined
    return stated - this.#stated
  }

  /** Tells the sink of what is new in a text. A token without text is an event too, where tokens are counted. */
  #say(answer: Answer, text: string, tokens: number | undefined, sink: StreamSink): void {
    const fresh =
      this.#reply.textMode === 'cumulative' ? this.#newIn(answer, text, sink) : withoutEcho(answer, text)
    if (fresh !== '') {
      this.#events++
      const utf8 = encoder.encode(fresh)
      sink.event(eventFlags.content, Math.min(tokens ?? 1, maxTokens), utf8, 0, utf8.length)
    } else if (tokens !== undefined && tokens > 0) {
      this.#events++
      sink.event(eventFlags.empty, Math.min(tokens, maxTokens), empty, 0, 0)
    }
  }

  /** What follows the text known so far, or what it has in common with the new one: last characters may be rewritten. */
  #newIn(answer: Answer, whole: string, sink: StreamSink): string {
    const text = withoutPrompt(answer, whole)
    if (answer.text.startsWith(text)) return ''
    let common = 0
    while (common < answer.text.length && answer.text[common] === text[common]) common++
    this.#kept += text.length - answer.text.length
    answer.text = text
    if (this.#kept > maxKept) this.#fail(sink, 'too-large', 'The texts of the reply are longer than 16 MiB.')
    return text.slice(common)
  }

  #fail(sink: StreamSink, kind: ErrorKind, message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** What says that a stream is whole; nothing when only its end does. */
export function endingsOf({ done, paths }: ReplyDescription): string | undefined {
  const endings = [
    ...(done === undefined ? [] : [done]),
    ...(['doneWhen', 'finishReason'] satisfies (keyof ReplyPaths)[]).flatMap(
      (name) => paths[name]?.text ?? [],
    ),
  ]
  return endings.length === 0 ? undefined : endings.join(' or ')
}

/** A text that comes whole each time, without the prompt before it. A server that says otherwise does not echo. */
function withoutPrompt({ echo }: Answer, text: string): string {
  if (text.startsWith(echo)) return text.slice(echo.length)
  return echo.startsWith(text) ? '' : text
}

/** A piece of text without what is left of the prompt before it. */
function withoutEcho(answer: Answer, text: string): string {
  const { echo } = answer
  if (echo === '') return text
  if (echo.startsWith(text)) {
    answer.echo = echo.slice(text.length)
    return ''
  }
  answer.echo = ''
  return text.startsWith(echo) ? text.slice(echo.length) : text
}

/** A reason is a word, or an object that says its type. */
function finishOf(reason: unknown): string {
  if (typeof reason === 'string') return reason
  const { type } = reason as { type?: unknown }
  return typeof type === 'string' ? type : JSON.stringify(reason)
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

/** The item of a list that belongs to one prompt. `ofLists`: the value is a list itself where there is one prompt. */
function itemOf(value: unknown, i: number, ofLists = false): unknown {
  if (!Array.isArray(value)) return value
  const items = value as unknown[]
  return ofLists && !items.some(Array.isArray) ? (i === 0 ? items : undefined) : items[i]
}

/** Counts of several prompts are added. */
function sumOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const counts = value.filter((one) => typeof one === 'number')
  return counts.length === 0 ? undefined : counts.reduce((sum, one) => sum + one, 0)
}

/** Whether bytes[start, end) is a text, blanks around it aside. */
function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > text.length * 4 + 16) return false
  return decoder.decode(bytes.subarray(start, end)).trim() === text
}
