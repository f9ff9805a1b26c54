import { escapedText, escapedWords, tokenIds } from '../words.ts'
import type { OpenAiHabits, When } from './openai-habits.ts'
import type { PlainFrames, Spoken } from './shape.ts'
import { type Asked, type Ending, type Finish, type Frames, type Identity, promptTokens } from './shape.ts'

export type OpenAiKind = 'chat' | 'completions'

const noBytes = Buffer.alloc(0)
const NS_PER_MS = 1e6

/** From the text on, per word, of choices that go on: rendered once for all replies. */
export function renderTails(kind: OpenAiKind, habits: OpenAiHabits): readonly Buffer[] {
  return escapedWords.map((word) => Buffer.from(word + afterText(kind, habits, null, '')))
}

/** The chunks of one reply of /v1/chat/completions or /v1/completions. */
export class OpenAiFrames implements Frames {
  readonly #kind: OpenAiKind
  readonly #habits: OpenAiHabits
  readonly #asked: Asked
  readonly #identity: Identity
  readonly #start: string
  readonly plain: PlainFrames | undefined

  constructor(
    kind: OpenAiKind,
    habits: OpenAiHabits,
    tails: readonly Buffer[],
    asked: Asked,
    identity: Identity,
  ) {
    this.#kind = kind
    this.#habits = habits
    this.#asked = asked
    this.#identity = identity
    this.#start = `${habits.data}{${headFields(kind, habits, identity, 'stream')},"choices":[`
    const beforeText = Buffer.from(this.#beforeText(0))
    this.plain = asked.tokenIds
      ? undefined
      : { beforeText, tail: (token) => tails[token % tails.length] ?? noBytes }
  }

  opening(): readonly Buffer[] {
    const { opening, listOpening, role, roleContent, afterRole } = this.#habits
    const frames: Buffer[] = []
    if (opening !== '') frames.push(Buffer.from(opening))
    if (listOpening !== '' && this.#asked.prompts.length > 1) frames.push(Buffer.from(listOpening))
    const says = role === 'with-first' || role === 'at-once'
    if (this.#kind === 'chat' && says) {
      const roles = this.#asked.progress && this.#habits.timings ? 2 : 1
      for (let answer = 0; answer < this.#asked.n; answer++) {
        for (let k = 0; k < roles; k++) {
          const delta = `{"role":"assistant","content":${roleContent}}`
          const open = `${this.#start}{"index":${answer},${this.#habits.beforeDelta}"delta":${delta},`
          const progress = k === 0 ? '' : `,"prompt_progress":${progressOf(this.#asked, this.#identity)}`
          frames.push(
            Buffer.from(`${open}"logprobs":null,"finish_reason":null}]${progress}}${afterRole}\n\n`),
          )
        }
      }
    }
    return frames
  }

  text({ answer, first, count, finish }: Spoken): Buffer {
    const ids = this.#asked.tokenIds ? tokenIds(first, count) : undefined
    const ended = finish === undefined ? '' : this.#usageBeside(answer, finish)
    const after = afterText(this.#kind, this.#habits, finish?.reason ?? null, ended, ids)
    return Buffer.from(this.#beforeText(answer) + escapedText(first, count) + after)
  }

  finish(answer: number, finish: Finish): Buffer {
    const { choiceFields, endDelta, beforeDelta } = this.#habits
    const said = this.#kind === 'chat' ? `"delta":${endDelta}` : '"text":""'
    const choice = `{"index":${this.#index(answer)},${beforeDelta}${said},"logprobs":null,"finish_reason":"${finish.reason}"${choiceFields.end}}`
    return Buffer.from(`${this.#start}${choice}]${this.#usageBeside(answer, finish)}}\n\n`)
  }

  ending({ counted, done }: Ending): readonly Buffer[] {
    const frames: Buffer[] = []
    const { data, usageFrame, cachedTokens, timings } = this.#habits
    if (counted !== undefined && this.#says(usageFrame[this.#kind])) {
      const input = promptTokens(this.#asked)
      const usage = JSON.stringify(usageOf(input, counted, cachedTokens))
      const times = timings ? `,"timings":${timingsOf(this.#identity, input, counted)}` : ''
      frames.push(Buffer.from(`${this.#start}],"usage":${usage}${times}}\n\n`))
    }
    if (done && this.#habits.done) frames.push(Buffer.from(`${data}[DONE]\n\n`))
    return frames
  }

  failure(message: string): readonly Buffer[] {
    const { data, failure, doneAfterFailure } = this.#habits
    const frames = [Buffer.from(`${data}${failure(message)}\n\n`)]
    if (doneAfterFailure) frames.push(Buffer.from(`${data}[DONE]\n\n`))
    return frames
  }

  #beforeText(answer: number): string {
    const { beforeDelta, role } = this.#habits
    const roleIn = role === 'in-each' ? '"role":"assistant",' : ''
    const said = this.#kind === 'chat' ? `"delta":{${roleIn}"content":"` : '"text":"'
    return `${this.#start}{"index":${this.#index(answer)},${beforeDelta}${said}`
  }

  #index(answer: number): number {
    return this.#habits.inTurn ? 0 : answer
  }

  #says(when: When): boolean {
    return when === 'always' || (when === 'asked' && this.#asked.includeUsage)
  }

  #usageBeside(answer: number, { counted }: Finish): string {
    const { usageAtFinish, usageFrame, cachedTokens, timings } = this.#habits
    if (counted === undefined) return ''
    const input = this.#asked.prompts[Math.floor(answer / this.#asked.n)]?.tokens ?? 0
    const states = this.#says(usageAtFinish[this.#kind])
    const usage = states ? `,"usage":${JSON.stringify(usageOf(input, counted, cachedTokens))}` : ''
    // llama.cpp gives its times once: with the end, or with the usage frame that follows.
    const apart = this.#says(usageFrame[this.#kind])
    return timings && !apart ? `${usage},"timings":${timingsOf(this.#identity, input, counted)}` : usage
  }
}

/** What stands after the text of a choice, up to the end of its frame. */
function afterText(
  kind: OpenAiKind,
  { choiceFields }: OpenAiHabits,
  finishReason: string | null,
  besideChoices: string,
  ids?: string,
): string {
  const reason = JSON.stringify(finishReason)
  const fields = finishReason === null ? choiceFields[kind] : choiceFields.end
  const own = ids === undefined ? fields : fields.replace('"token_ids":null', `"token_ids":[${ids}]`)
  const close = kind === 'chat' ? '"}' : '"'
  return `${close},"logprobs":null,"finish_reason":${reason}${own}}]${besideChoices}}\n\n`
}

/** The fields that all frames of a reply share, and the reply that is not streamed. */
export function headFields(
  kind: OpenAiKind,
  { idPrefix, frameFields }: OpenAiHabits,
  { id, model, created }: Identity,
  how: 'stream' | 'whole',
): string {
  const prefix = idPrefix[kind]
  const own = JSON.stringify(prefix === undefined ? '' : prefix + id)
  const object =
    kind === 'completions' ? 'text_completion' : `chat.completion${how === 'stream' ? '.chunk' : ''}`
  return `"id":${own},"object":"${object}","created":${created},"model":${JSON.stringify(model)}${frameFields}`
}

/** OpenAI's `usage` object. */
export function usageOf(input: number, output: number, cachedTokens = false) {
  return {
    prompt_tokens: input,
    total_tokens: input + output,
    completion_tokens: output,
    ...(cachedTokens ? { prompt_tokens_details: { cached_tokens: 0 } } : {}),
  }
}

/** llama.cpp's `timings`: as the reply was due. */
export function timingsOf({ firstNs, lastNs }: Identity, input: number, output: number): string {
  const promptMs = firstNs / NS_PER_MS
  const predictedMs = Math.max(0, lastNs - firstNs) / NS_PER_MS
  return JSON.stringify({
    cache_n: 0,
    prompt_n: input,
    prompt_ms: promptMs,
    prompt_per_token_ms: input === 0 ? 0 : promptMs / input,
    prompt_per_second: promptMs === 0 ? 0 : (1000 * input) / promptMs,
    predicted_n: output,
    predicted_ms: predictedMs,
    predicted_per_token_ms: output < 2 ? 0 : predictedMs / (output - 1),
    predicted_per_second: predictedMs === 0 ? 0 : (1000 * (output - 1)) / predictedMs,
  })
}

/** llama.cpp's `prompt_progress` when all of the prompt is read. */
export function progressOf(asked: Asked, { firstNs }: Identity): string {
  const total = promptTokens(asked)
  return JSON.stringify({ total, cache: 0, processed: total, time_ms: Math.round(firstNs / NS_PER_MS) })
}
