import { tokenIds } from '../words.ts'
import { asked, fieldsIn, onePrompt } from './ask.ts'
import { usageOf } from './openai-frames.ts'
import { openAiError } from './openai-habits.ts'
import {
  type Asked,
  type Ending,
  type Finish,
  type Frames,
  type Identity,
  promptTokens,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

/** POST /inference/v1/generate of vLLM: token ids in, token ids out. */
export const vllmTokens: Shape = {
  ...usual,
  name: 'vllm-tokens',
  ask(fields, absent) {
    const sampling = fieldsIn(fields, 'sampling_params')
    const ids = fields.token_ids
    return asked(fields, absent, {
      stream: fields.stream === true,
      prompts:
        typeof ids === 'string' ? 'token_ids must be a list of token ids.' : onePrompt(ids, 'token_ids'),
      length: sampling.max_tokens,
      lengthField: 'max_tokens',
      n: sampling.n,
      includeUsage: fieldsIn(fields, 'stream_options').include_usage === true,
      tokenIds: true,
    })
  },
  frames: (asked, identity) => new VllmTokensFrames(asked, identity),
  whole(asked, { id }, answers) {
    const choices = answers.map(({ finish: { reason, tokens } }, index) => {
      return `{"index":${index},"logprobs":null,"finish_reason":"${reason}","token_ids":[${tokenIds(0, tokens)}]}`
    })
    const counts = answers.map(({ finish }) => finish.counted)
    const counted = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    const usage = counts.includes(undefined)
      ? ''
      : `,"usage":${JSON.stringify(usageOf(promptTokens(asked), counted))}`
    return `{"request_id":${JSON.stringify(id)},"choices":[${choices.join(',')}],"prompt_logprobs":null${usage}}`
  },
  error: openAiError,
}

class VllmTokensFrames implements Frames {
  readonly #asked: Asked
  readonly #start: string

  constructor(asked: Asked, { id }: Identity) {
    this.#asked = asked
    this.#start = `data: {"request_id":${JSON.stringify(id)},"choices":[`
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ answer, first, count, finish }: Spoken): Buffer {
    return this.#frame(answer, tokenIds(first, count), finish)
  }

  finish(answer: number, finish: Finish): Buffer {
    return this.#frame(answer, '', finish)
  }

  ending({ counted, done }: Ending): readonly Buffer[] {
    const frames: Buffer[] = []
    if (counted !== undefined && this.#asked.includeUsage) {
      const usage = JSON.stringify(usageOf(promptTokens(this.#asked), counted))
      frames.push(Buffer.from(`${this.#start}],"usage":${usage}}\n\n`))
    }
    return done ? [...frames, Buffer.from('data: [DONE]\n\n')] : frames
  }

  failure(message: string): readonly Buffer[] {
    const error = openAiError(500, 'InternalServerError', message)
    return [Buffer.from(`data: ${error}\n\n`), Buffer.from('data: [DONE]\n\n')]
  }

  #frame(answer: number, ids: string, finish: Finish | undefined): Buffer {
    const reason = finish === undefined ? 'null' : `"${finish.reason}"`
    return Buffer.from(
      `${this.#start}{"index":${answer},"logprobs":null,"finish_reason":${reason},"token_ids":[${ids}]}]}\n\n`,
    )
  }
}
