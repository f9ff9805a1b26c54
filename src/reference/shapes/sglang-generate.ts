import { escapedText, tokenIds } from '../words.ts'
import { asked, fieldsIn, isList, prompts } from './ask.ts'
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
  /** By answer, as far as it is cumulative. */
  readonly #texts: string[] = []
  readonly #ids: string[] = []

  constructor(asked: Asked, identity: Identity, cumulative: boolean) {
    this.#asked = asked
    this.#identity = identity
    this.#cumulative = cumulative
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ answer, first, count, finish }: Spoken): Buffer {
    let text = escapedText(first, count)
    let ids = tokenIds(first, count)
    if (this.#cumulative) {
      const before = this.#ids[answer] ?? ''
      text = (this.#texts[answer] ?? '') + text
      ids = before === '' || ids === '' ? before + ids : `${before},${ids}`
      this.#texts[answer] = text
      this.#ids[answer] = ids
    }
    return this.#frame(answer, text, ids, first + count, finish)
  }

  finish(answer: number, finish: Finish): Buffer {
    const [text, ids] = [this.#texts[answer] ?? '', this.#ids[answer] ?? '']
    return this.#frame(answer, text, ids, finish.tokens, finish)
  }

  ending({ done }: Ending): readonly Buffer[] {
    return done ? [Buffer.from('data: [DONE]\n\n')] : []
  }

  failure(message: string): readonly Buffer[] {
    const error = { message, type: 'InternalServerError', code: 500, retryable: false }
    return [Buffer.from(`data: ${JSON.stringify({ error })}\n\n`), Buffer.from('data: [DONE]\n\n')]
  }

  /** It counts in every event: a count that is not to be stated at the end is the one before. */
  #frame(answer: number, text: string, ids: string, said: number, finish: Finish | undefined) {
    const tokens = finish?.counted ?? said
    const index = answersTo(this.#asked) > 1 || this.#asked.listed ? `,"index":${answer}` : ''
    const about = metaInfo(this.#asked, this.#identity, answer, tokens, finish)
    return Buffer.from(`data: ${object(text, ids, about, index)}\n\n`)
  }
}

function object(text: string, ids: string, about: string, index = ''): string {
  return `{"text":"${text}","output_ids":[${ids}],"meta_info":${about}${index}}`
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
