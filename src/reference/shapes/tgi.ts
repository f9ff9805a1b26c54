import { escapedText, tokenId, tokenText } from '../words.ts'
import { asked, fieldsIn, oneText } from './ask.ts'
import {
  type Asked,
  type Finish,
  type Frames,
  promptTokens,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

const reasons = { length: 'length', stop: 'eos_token' } as const
/** An end without a token is told by one that is not text. */
const endToken = 2

/** POST /generate and POST /generate_stream of Text Generation Inference. */
export function tgi(streams: boolean): Shape {
  return {
    ...usual,
    name: 'tgi',
    keepAlive: ':\n\n',
    ask(fields, absent) {
      const parameters = fieldsIn(fields, 'parameters')
      return asked(fields, absent, {
        stream: streams || fields.stream === true,
        prompts: oneText(fields.inputs, 'inputs'),
        length: parameters.max_new_tokens,
        lengthField: 'max_new_tokens',
        // It gives the counts with the details.
        includeUsage: parameters.details === true,
      })
    },
    frames: (asked) => new TgiFrames(asked),
    whole({ includeUsage }, _identity, [answer]) {
      const { text = '', finish } = answer ?? {}
      const details = {
        finish_reason: reasons[finish?.reason ?? 'stop'],
        ...(finish?.counted === undefined ? {} : { generated_tokens: finish.counted }),
        seed: null,
        prefill: [],
        tokens: Array.from({ length: finish?.tokens ?? 0 }, (_, k) => ({
          id: tokenId(k),
          text: tokenText(k, 1),
          logprob: -0.1,
          special: false,
        })),
      }
      return JSON.stringify({ generated_text: text, ...(includeUsage ? { details } : {}) })
    },
    error: (status, _type, message) =>
      JSON.stringify({ error: message, error_type: errorTypes[status] ?? 'generation' }),
    statuses: { 400: 422 },
  }
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'validation',
  422: 'validation',
  424: 'generation',
  429: 'overloaded',
  500: 'incomplete_generation',
  503: 'overloaded',
}

class TgiFrames implements Frames {
  readonly #asked: Asked
  #index = 0

  constructor(asked: Asked) {
    this.#asked = asked
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ first, count, finish }: Spoken): Buffer {
    const token = `{"id":${tokenId(first)},"text":"${escapedText(first, count)}","logprob":-0.1,"special":false}`
    return this.#frame(token, finish)
  }

  finish(_answer: number, finish: Finish): Buffer {
    return this.#frame(`{"id":${endToken},"text":"</s>","logprob":-0.1,"special":true}`, finish)
  }

  ending(): readonly Buffer[] {
    return []
  }

  failure(message: string): readonly Buffer[] {
    const error = { error: `Request failed during generation: ${message}`, error_type: 'generation' }
    return [Buffer.from(`data:${JSON.stringify(error)}\n\n`)]
  }

  #frame(token: string, finish: Finish | undefined): Buffer {
    this.#index++
    const text = finish === undefined ? 'null' : `"${escapedText(0, finish.tokens)}"`
    const details = finish === undefined ? 'null' : this.#details(finish)
    return Buffer.from(
      `data:{"index":${this.#index},"token":${token},"top_tokens":[],"generated_text":${text},"details":${details}}\n\n`,
    )
  }

  #details({ reason, counted }: Finish): string {
    if (!this.#asked.includeUsage || counted === undefined) return 'null'
    return JSON.stringify({
      finish_reason: reasons[reason],
      generated_tokens: counted,
      seed: null,
      input_length: promptTokens(this.#asked),
    })
  }
}
