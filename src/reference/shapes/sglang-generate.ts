import { escapedText, tokenIds } from '../words.ts'
import { asked, fieldsIn, isList, prompts } from './ask.ts'
import { GrowingText } from './growing-text.ts'
import {
  type Asked,
  answersTo,
  type Ending,
  type Finish,
  type Frames,
  type Identity,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

const NS_PER_S = 1e9

/** POST /generate of SGLang; `cumulative`: every frame repeats all text and ids so far. */
export function sglangGenerate(cumulative: boolean): Shape {
  return {
    ...usual,
    name: 'sglang-generate',
    ask(fields, absent) {
      const sampling = fieldsIn(fields, 'sampling_params')
      const field = fields.text === undefined ? 'input_ids' : 'text'
      const input = fields[field]
      return asked(fields, absent, {
        stream: fields.stream === true,
        prompts: prompts(input, field),
        listed: isList(input),
        length: sampling.max_new_tokens,
        lengthField: 'max_new_tokens',
        n: sampling.n,
      })
    },
    frames: (asked, identity) => new SglangFrames(asked, identity, cumulative),
    whole(asked, identity, answers) {
      const objects = answers.map(({ finish }, answer) => {
        const about = metaInfo(asked, identity, answer, finish.counted, finish)
        return object(escapedText(0, finish.tokens), tokenIds(0, finish.tokens), about)
      })
      return asked.listed || answers.length > 1 ? `[${objects.join(',')}]` : (objects[0] ?? '{}')
    },
    error: (status, type, message) =>
      JSON.stringify({ error: { message, type, code: status, retryable: false } }),
  }
}

class SglangFrames implements Frames {
  readonly #asked: Asked
  readonly #identity: Identity
  readonly #cumulative: boolean
  /** By answer: all of its text and ids, where they are repeated in every event. */
  readonly #said: { readonly text: GrowingText; readonly ids: GrowingText }[] = []

  constructor(asked: Asked, identity: Identity, cumulative: boolean) {
    this.#asked = asked
    this.#identity = identity
    this.#cumulative = cumulative
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ answer, first, count, finish }: Spoken): Buffer {
    const text = escapedText(first, count)
    const ids = tokenIds(first, count)
    const after = this.#afterIds(answer, first + count, finish)
    if (!this.#cumulative) return Buffer.from(`data: {"text":"${text}","output_ids":[${ids}${after}`)
    const said = this.#saidBy(answer)
    said.text.append(text)
    said.ids.append(said.ids.isEmpty || ids === '' ? ids : `,${ids}`)
    return repeated(said, after)
  }

  finish(answer: number, finish: Finish): Buffer {
    return repeated(this.#saidBy(answer), this.#afterIds(answer, finish.tokens, finish))
  }

  ending({ done }: Ending): readonly Buffer[] {
    return done ? [Buffer.from('data: [DONE]\n\n')] : []
  }

  failure(message: string): readonly Buffer[] {
    const error = { message, type: 'InternalServerError', code: 500, retryable: false }
    return [Buffer.from(`data: ${JSON.stringify({ error })}\n\n`), Buffer.from('data: [DONE]\n\n')]
  }

  /** It counts in every event: where no count is to be stated at the end, that is the one it has `said`. */
  #afterIds(answer: number, said: number, finish: Finish | undefined): string {
    const index = answersTo(this.#asked) > 1 || this.#asked.listed ? `,"index":${answer}` : ''
    const about = metaInfo(this.#asked, this.#identity, answer, finish?.counted ?? said, finish)
    return `],"meta_info":${about}${index}}\n\n`
  }

  #saidBy(answer: number) {
    const kept = this.#said[answer]
    if (kept !== undefined) return kept
    const made = { text: new GrowingText(), ids: new GrowingText() }
    this.#said[answer] = made
    return made
  }
}

const beforeText = Buffer.from('data: {"text":"')
const beforeIds = Buffer.from('","output_ids":[')

function repeated(said: { readonly text: GrowingText; readonly ids: GrowingText }, after: string): Buffer {
  return Buffer.concat([beforeText, said.text.bytes, beforeIds, said.ids.bytes, Buffer.from(after)])
}

function object(text: string, ids: string, about: string): string {
  return `{"text":"${text}","output_ids":[${ids}],"meta_info":${about}}`
}

function metaInfo(
  { prompts, n }: Asked,
  identity: Identity,
  answer: number,
  tokens: number | undefined,
  finish: Finish | undefined,
): string {
  const prompt = prompts[Math.floor(answer / n)]?.tokens ?? 0
  const length = finish?.tokens ?? 0
  const reason =
    finish === undefined
      ? 'null'
      : finish.reason === 'length'
        ? `{"type":"length","length":${length}}`
        : '{"type":"stop","matched":2}'
  const counted = tokens === undefined ? '' : `"completion_tokens":${tokens},`
  const end = finish === undefined ? '' : `,"e2e_latency":${identity.lastNs / NS_PER_S}`
  return `{"id":${JSON.stringify(identity.id)},"finish_reason":${reason},"prompt_tokens":${prompt},${counted}"cached_tokens":0${end}}`
}
