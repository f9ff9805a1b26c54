import { escapedText, tokenIds } from '../words.ts'
import { asked, onePrompt, oneText } from './ask.ts'
import {
  type Asked,
  type Ending,
  type Finish,
  type Frames,
  promptTokens,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

/** POST /generate of LMDeploy. */
export const lmdeployGenerate: Shape = {
  ...usual,
  name: 'lmdeploy-generate',
  ask(fields, absent) {
    const { prompt, input_ids: ids } = fields
    if ((prompt === undefined) === (ids === undefined)) return 'Give either prompt or input_ids.'
    return asked(fields, absent, {
      stream: fields.stream === true,
      prompts: ids === undefined ? oneText(prompt, 'prompt') : onePrompt(ids, 'input_ids'),
      length: fields.max_tokens,
      lengthField: 'max_tokens',
    })
  },
  frames: (asked) => new LmdeployFrames(asked),
  whole(asked, _identity, [answer]) {
    const { finish } = answer ?? {}
    const tokens = finish?.tokens ?? 0
    return object(promptTokens(asked), 0, tokens, finish?.counted, finish)
  },
  error: (status, type, message) =>
    JSON.stringify({ message, type, code: status, param: null, object: 'error' }),
}

class LmdeployFrames implements Frames {
  readonly #input: number

  constructor(asked: Asked) {
    this.#input = promptTokens(asked)
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ first, count, finish }: Spoken): Buffer {
    return this.#frame(first, count, finish?.counted ?? first + count, finish)
  }

  finish(_answer: number, finish: Finish): Buffer {
    return this.#frame(0, 0, finish.counted ?? finish.tokens, finish)
  }

  ending({ done }: Ending): readonly Buffer[] {
    return done ? [Buffer.from('data: [DONE]\n\n')] : []
  }

  failure(message: string): readonly Buffer[] {
    const error = { message, type: 'internal_error', code: 500 }
    return [Buffer.from(`data: ${JSON.stringify({ error })}\n\n`), Buffer.from('data: [DONE]\n\n')]
  }

  #frame(first: number, count: number, tokens: number | undefined, finish: Finish | undefined): Buffer {
    return Buffer.from(`data: ${object(this.#input, first, count, tokens, finish)}\n\n`)
  }
}

function object(
  input: number,
  first: number,
  count: number,
  tokens: number | undefined,
  finish: Finish | undefined,
): string {
  const counted = tokens === undefined ? '' : `"completion_tokens":${tokens},`
  const reason = finish === undefined ? 'null' : `{"type":"${finish.reason}"}`
  const about = `"prompt_tokens":${input},${counted}"finish_reason":${reason},"output_token_logprobs":null`
  return `{"text":"${escapedText(first, count)}","output_ids":[${tokenIds(first, count)}],"meta_info":{${about}}}`
}
