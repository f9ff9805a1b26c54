import { escapedText, tokenId } from '../words.ts'
import { asked, fieldsIn, onePrompt } from './ask.ts'
import { openAiError } from './openai-habits.ts'
import {
  type Asked,
  type Finish,
  type Frames,
  promptTokens,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

/** POST /generate and POST /generate_stream of LightLLM. */
export function lightllm(streams: boolean): Shape {
  return {
    ...usual,
    name: 'lightllm',
    ask(fields, absent) {
      if (fields.parameters === undefined) return 'parameters is required.'
      const parameters = fieldsIn(fields, 'parameters')
      return asked(fields, absent, {
        stream: streams,
        prompts: onePrompt(fields.inputs, 'inputs'),
        length: parameters.max_new_tokens,
        lengthField: 'max_new_tokens',
        n: streams ? 1 : parameters.n,
      })
    },
    frames: (asked) => new LightllmFrames(asked),
    whole: (asked, _identity, answers) =>
      JSON.stringify({
        generated_text: answers.map(({ text }) => text),
        ...countedIn(answers.map(({ finish }) => finish)),
        finish_reason: answers[0]?.finish.reason,
        prompt_tokens: promptTokens(asked),
      }),
    error: openAiError,
    statuses: { 500: 417 },
  }
}

function countedIn(ends: readonly Finish[]): { count_output_tokens?: number } {
  if (ends.some(({ counted }) => counted === undefined)) return {}
  return { count_output_tokens: ends.reduce((sum, { counted = 0 }) => sum + counted, 0) }
}

class LightllmFrames implements Frames {
  readonly #input: number
  #tokens = 0

  constructor(asked: Asked) {
    this.#input = promptTokens(asked)
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ first, count, finish }: Spoken): Buffer {
    this.#tokens = first + count
    return this.#frame(tokenId(first), escapedText(first, count), finish)
  }

  finish(_answer: number, finish: Finish): Buffer {
    return this.#frame(0, '', finish)
  }

  ending(): readonly Buffer[] {
    return []
  }

  failure(message: string): readonly Buffer[] {
    return [Buffer.from(`data:${openAiError(417, 'Error', message)}\n\n`)]
  }

  #frame(id: number, text: string, finish: Finish | undefined): Buffer {
    const output = finish?.counted ?? this.#tokens
    const counts = `"count_output_tokens":${output},"prompt_tokens":${this.#input}`
    const token = `{"id":${id},"text":"${text}","logprob":-0.1,"special":false,${counts}}`
    const reason = finish === undefined ? 'null' : `"${finish.reason}"`
    return Buffer.from(
      `data:{"token":${token},"generated_text":null,"finished":${finish !== undefined},"finish_reason":${reason},"details":null}\n\n`,
    )
  }
}
