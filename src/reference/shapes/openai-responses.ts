import { escapedText, tokenText } from '../words.ts'
import { asked, conversation, oneText } from './ask.ts'
import { namedEvent } from './event-frames.ts'
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

/** POST /v1/responses, as OpenAI and vLLM shape it. */
export const openAiResponses: Shape = {
  ...usual,
  name: 'openai-responses',
  ask: (fields, absent) =>
    asked(fields, absent, {
      stream: fields.stream === true,
      prompts: Array.isArray(fields.input)
        ? conversation(fields.input, fields.instructions)
        : oneText(fields.input, 'input'),
      length: fields.max_output_tokens,
      lengthField: 'max_output_tokens',
    }),
  frames: (asked, identity) => new ResponsesFrames(asked, identity),
  whole(asked, identity, [answer]) {
    const { text = '', finish } = answer ?? {}
    return JSON.stringify(whole(asked, identity, text, finish))
  },
  error: openAiError,
}

class ResponsesFrames implements Frames {
  readonly #asked: Asked
  readonly #identity: Identity
  #sequence = 0
  #finish: Finish | undefined
  #tokens = 0

  constructor(asked: Asked, identity: Identity) {
    this.#asked = asked
    this.#identity = identity
  }

  opening(): readonly Buffer[] {
    const response = { ...about(this.#identity), status: 'in_progress', output: [] }
    const item = { id: itemId(this.#identity), type: 'message', role: 'assistant', status: 'in_progress' }
    return [
      this.#event('response.created', { response }),
      this.#event('response.in_progress', { response }),
      this.#event('response.output_item.added', { output_index: 0, item: { ...item, content: [] } }),
      this.#event('response.content_part.added', { ...this.#place(), part: part('') }),
    ]
  }

  text({ first, count, finish }: Spoken): Buffer {
    this.#tokens += count
    if (finish !== undefined) this.#finish = finish
    const type = 'response.output_text.delta'
    const place = JSON.stringify(this.#place()).slice(1, -1)
    const json = `"type":"${type}","sequence_number":${this.#sequence++},${place},"delta":"${escapedText(first, count)}"`
    return Buffer.from(`event: ${type}\ndata: {${json}}\n\n`)
  }

  finish(_answer: number, finish: Finish): Buffer {
    this.#finish = finish
    return Buffer.alloc(0)
  }

  ending({ counted, done }: Ending): readonly Buffer[] {
    const text = tokenText(0, this.#tokens)
    const frames = [
      this.#event('response.output_text.done', { ...this.#place(), text }),
      this.#event('response.content_part.done', { ...this.#place(), part: part(text) }),
    ]
    if (!done) return frames
    const end = this.#finish === undefined ? undefined : withCount(this.#finish, counted)
    const response = whole(this.#asked, this.#identity, text, end)
    return [...frames, this.#event(`response.${response.status}`, { response })]
  }

  failure(message: string): readonly Buffer[] {
    const error = { code: 'server_error', message }
    const response = { ...about(this.#identity), status: 'failed', error, output: [] }
    return [this.#event('response.failed', { response })]
  }

  #place() {
    return { item_id: itemId(this.#identity), output_index: 0, content_index: 0 }
  }

  #event(type: string, fields: Readonly<Record<string, unknown>>): Buffer {
    return namedEvent(type, { sequence_number: this.#sequence++, ...fields })
  }
}

function withCount({ reason, tokens }: Finish, counted: number | undefined): Finish {
  return counted === undefined ? { reason, tokens } : { reason, tokens, counted }
}

function about({ id, model, created }: Identity) {
  return { id: `resp_${id}`, object: 'response', created_at: created, model }
}

function itemId({ id }: Identity): string {
  return `msg_${id}`
}

function part(text: string) {
  return { type: 'output_text', text, annotations: [] }
}

function whole(asked: Asked, identity: Identity, text: string, finish: Finish | undefined) {
  const isCut = finish?.reason === 'length'
  const status = isCut ? 'incomplete' : 'completed'
  const input = promptTokens(asked)
  const output = finish?.counted
  const message = { id: itemId(identity), type: 'message', role: 'assistant', status }
  return {
    ...about(identity),
    status,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: [{ ...message, content: [part(text)] }],
    ...(output === undefined
      ? {}
      : { usage: { input_tokens: input, output_tokens: output, total_tokens: input + output } }),
  }
}
