import { escapedText, tokenIds } from '../words.ts'
import { asked, isList, prompts } from './ask.ts'
import { progressOf, timingsOf } from './openai-frames.ts'
import {
  type Asked,
  type Finish,
  type Frames,
  type Identity,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

const stopTypes = { length: 'limit', stop: 'eos' } as const

/** An error as llama-server words it. */
export function llamacppError(status: number, type: string, message: string): string {
  return JSON.stringify({ error: { code: status, message, type: errorTypes[status] ?? type } })
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  500: 'server_error',
  501: 'not_supported_error',
  503: 'unavailable_error',
}

/** POST /completion of llama-server. */
export const llamacppCompletion: Shape = {
  ...usual,
  name: 'llamacpp-completion',
  streamType: 'text/event-stream',
  keepAlive: ':\n\n',
  finishesApart: true,
  ask: (fields, absent) =>
    asked(fields, absent, {
      stream: fields.stream === true,
      prompts: prompts(fields.prompt, 'prompt'),
      listed: isList(fields.prompt),
      length: fields.n_predict ?? fields.max_tokens ?? fields.max_completion_tokens,
      lengthField: 'n_predict',
      n: fields.n,
      progress: fields.return_progress === true,
    }),
  frames: (asked, identity) => new LlamacppFrames(asked, identity),
  whole(asked, identity, answers) {
    const objects = answers.map(({ finish }, answer) =>
      last(asked, identity, answer, finish, escapedText(0, finish.tokens), tokenIds(0, finish.tokens)),
    )
    return asked.listed ? `[${objects.join(',')}]` : (objects[0] ?? '{}')
  },
  error: llamacppError,
}

class LlamacppFrames implements Frames {
  readonly #asked: Asked
  readonly #identity: Identity

  constructor(asked: Asked, identity: Identity) {
    this.#asked = asked
    this.#identity = identity
  }

  opening(): readonly Buffer[] {
    if (!this.#asked.progress) return []
    const progress = progressOf(this.#asked, this.#identity)
    const counts = `"tokens_predicted":0,"tokens_evaluated":${inputOf(this.#asked, 0)}`
    return [
      Buffer.from(
        `data: {"index":0,"content":"","tokens":[0],"stop":false,"id_slot":-1,${counts},"prompt_progress":${progress}}\n\n`,
      ),
    ]
  }

  text({ answer, first, count }: Spoken): Buffer {
    const counts = `"tokens_predicted":${first + count},"tokens_evaluated":${inputOf(this.#asked, answer)}`
    return Buffer.from(
      `data: {"index":${answer},"content":"${escapedText(first, count)}","tokens":[${tokenIds(first, count)}],"stop":false,"id_slot":-1,${counts}}\n\n`,
    )
  }

  finish(answer: number, finish: Finish): Buffer {
    return Buffer.from(`data: ${last(this.#asked, this.#identity, answer, finish, '', '')}\n\n`)
  }

  ending(): readonly Buffer[] {
    return []
  }

  failure(message: string): readonly Buffer[] {
    return [Buffer.from(`data: ${llamacppError(500, 'server_error', message)}\n\n`)]
  }
}

function inputOf({ prompts, n }: Asked, answer: number): number {
  return prompts[Math.floor(answer / n)]?.tokens ?? 0
}

function last(
  asked: Asked,
  identity: Identity,
  answer: number,
  { reason, counted }: Finish,
  text: string,
  ids: string,
): string {
  const input = inputOf(asked, answer)
  const counts = counted === undefined ? '' : `"tokens_predicted":${counted},"tokens_evaluated":${input},`
  const timings = counted === undefined ? '' : `,"timings":${timingsOf(identity, input, counted)}`
  const model = JSON.stringify(identity.model)
  return (
    `{"index":${answer},"content":"${text}","tokens":[${ids}],"id_slot":-1,"stop":true,"model":${model},${counts}` +
    `"generation_settings":{},"prompt":"","has_new_line":false,"truncated":false,"stop_type":"${stopTypes[reason]}","stopping_word":""${timings}}`
  )
}
