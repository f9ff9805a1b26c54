import type { StreamReader, StreamSink } from '../model/dialect.ts'
import { eventFlags } from '../model/record.ts'
import { errorIn } from './openai-error.ts'
import { excerpt, parseJson } from './payload.ts'
import { TextGrowth } from './text-growth.ts'

const encoder = new TextEncoder()
/** More answers than a request can ask for. */
const maxAnswers = 65_536

/**
 * Reads the records of vLLM's demo server, and its whole answers. Neither has counts, reasons or an end marker: a reply
 * that breaks off between two records cannot be told from one that is whole.
 */
export class VllmGenerateReader implements StreamReader {
  readonly #growths: TextGrowth[] = []
  #answers = 0
  #told = 0
  #failed = false
  #records = 0
  #events = 0

  reset(echoes: readonly string[]): void {
    this.#answers = echoes.length
    this.#growths.length = Math.min(this.#growths.length, echoes.length)
    for (const [i, echo] of echoes.entries()) this.#growth(i).reset(echo)
    this.#told = 0
    this.#failed = false
    this.#records = 0
    this.#events = 0
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    const record = parseJson(bytes, start, end, sink)
    if (record === undefined) {
      this.#failed = true
      return
    }
    const { text } = (record ?? {}) as { readonly text?: unknown }
    if (!Array.isArray(text) || text.length > maxAnswers) {
      const error = record === null || typeof record !== 'object' ? undefined : errorOf(record)
      if (error !== undefined) this.#fail(sink, 'stream-error', error)
      else {
        const said = excerpt(JSON.stringify(record))
        this.#fail(sink, 'malformed', `The server sent JSON without a list of texts: ${said}`)
      }
      return
    }
    this.#records++
    for (const [i, whole] of text.entries()) {
      if (typeof whole !== 'string') continue
      const news = this.#growthOf(i).next(whole)
      if (news === undefined) {
        const how = this.#records === 1 ? 'begin with the prompt' : 'continue the one before it'
        const message = `The server sent a text that does not ${how}: ${JSON.stringify(excerpt(whole))}.`
        this.#fail(sink, 'malformed', message)
        return
      }
      this.#say(i, news, sink)
    }
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (this.#records === 0) sink.fail('truncated', 'The reply ended before its first record.')
    else if (this.#events === 0) sink.fail('empty', 'The reply holds no text beyond the prompt.')
  }

  #say(index: number, news: string, sink: StreamSink): void {
    if (news === '') return
    if (index !== this.#told) {
      this.#told = index
      sink.prompt(index)
    }
    this.#events++
    const utf8 = encoder.encode(news)
    sink.event(eventFlags.content, 1, utf8, 0, utf8.length)
  }

  /** An answer that was not foreseen begins with nothing known. */
  #growthOf(index: number): TextGrowth {
    for (; this.#answers <= index; this.#answers++) this.#growth(this.#answers).reset()
    return this.#growth(index)
  }

  #growth(index: number): TextGrowth {
    let growth = this.#growths[index]
    if (growth === undefined) {
      growth = new TextGrowth()
      this.#growths[index] = growth
    }
    return growth
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

function errorOf(record: object): string | undefined {
  const { detail } = record as { readonly detail?: unknown }
  return errorIn(record) ?? (typeof detail === 'string' ? detail : undefined)
}
