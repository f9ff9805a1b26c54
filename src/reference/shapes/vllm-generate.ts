import { escapedText } from '../words.ts'
import { asked, oneText } from './ask.ts'
import { GrowingText } from './growing-text.ts'
import { type Asked, answersTo, type Frames, type Shape, type Spoken, usual } from './shape.ts'

/** POST /generate of vLLM's demo server: all text so far, the prompt first, in every record. */
export function vllmGenerate(delimiter: '\0' | '\n'): Shape {
  return {
    ...usual,
    name: 'vllm-generate',
    streamType: '',
    keepAlive: ' ',
    ask: (fields, absent) =>
      asked(fields, absent, {
        stream: fields.stream === true,
        prompts: oneText(fields.prompt, 'prompt'),
        length: fields.max_tokens,
        lengthField: 'max_tokens',
        n: fields.n,
      }),
    frames: (asked) => new VllmGenerateFrames(asked, delimiter),
    whole({ prompts }, _identity, answers) {
      const prompt = prompts[0]?.text ?? ''
      return JSON.stringify({ text: answers.map(({ text }) => prompt + text) })
    },
    error: (_status, _type, message) => JSON.stringify({ detail: message }),
  }
}

const betweenTexts = Buffer.from('","')
const beforeTexts = Buffer.from('{"text":["')

class VllmGenerateFrames implements Frames {
  readonly #after: Buffer
  /** By answer: the prompt and all that was said, inside a JSON string. */
  readonly #texts: readonly GrowingText[]

  constructor(asked: Asked, delimiter: string) {
    this.#after = Buffer.from(`"]}${delimiter}`)
    const prompt = JSON.stringify(asked.prompts[0]?.text ?? '').slice(1, -1)
    this.#texts = Array.from({ length: answersTo(asked) }, () => {
      const text = new GrowingText()
      text.append(prompt)
      return text
    })
  }

  opening(): readonly Buffer[] {
    return []
  }

  /** All answers stand in one record, which comes with the last of them. */
  text({ answer, first, count, alone }: Spoken): Buffer {
    this.#texts[answer]?.append(escapedText(first, count))
    return alone || answer === this.#texts.length - 1 ? this.#record() : Buffer.alloc(0)
  }

  finish(): Buffer {
    return this.#record()
  }

  ending(): readonly Buffer[] {
    return []
  }

  /** It breaks off. */
  failure(): undefined {
    return undefined
  }

  #record(): Buffer {
    const texts = this.#texts.flatMap(({ bytes }, k) => (k === 0 ? [bytes] : [betweenTexts, bytes]))
    return Buffer.concat([beforeTexts, ...texts, this.#after])
  }
}
