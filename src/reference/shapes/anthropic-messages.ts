import { escapedText } from '../words.ts'
import { asked, conversation } from './ask.ts'
import { namedEvent } from './event-frames.ts'
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

const reasons = { length: 'max_tokens', stop: 'end_turn' } as const

/** POST /v1/messages, as Anthropic shapes it. */
export const anthropicMessages: Shape = {
  ...usual,
  name: 'anthropic-messages',
  ask: (fields, absent) =>
    asked(fields, absent, {
      stream: fields.stream === true,
      prompts: conversation(fields.messages, fields.system),
      length: fields.max_tokens,
      lengthField: 'max_tokens',
    }),
  frames: (asked, identity) => new AnthropicFrames(asked, identity),
  whole(asked, identity, [answer]) {
    const { text = '', finish } = answer ?? {}
    return JSON.stringify({
      ...about(identity),
      content: [{ type: 'text', text }],
      stop_reason: reasons[finish?.reason ?? 'stop'],
      stop_sequence: null,
      ...(finish?.counted === undefined
        ? {}
        : { usage: { input_tokens: promptTokens(asked), output_tokens: finish.counted } }),
    })
  },
  error: (_status, type, message) => JSON.stringify({ type: 'error', error: { type, message } }),
}

class AnthropicFrames implements Frames {
  readonly #asked: Asked
  readonly #identity: Identity
  #reason: Finish['reason'] = 'stop'

  constructor(asked: Asked, identity: Identity) {
    this.#asked = asked
    this.#identity = identity
  }

  opening(): readonly Buffer[] {
    const message = {
      ...about(this.#identity),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: promptTokens(this.#asked), output_tokens: 0 },
    }
    return [
      namedEvent('message_start', { message }),
      namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ]
  }

  text({ first, count, finish }: Spoken): Buffer {
    if (finish !== undefined) this.#reason = finish.reason
    const delta = `{"type":"text_delta","text":"${escapedText(first, count)}"}`
    const type = 'content_block_delta'
    return Buffer.from(`event: ${type}\ndata: {"type":"${type}","index":0,"delta":${delta}}\n\n`)
  }

  finish(_answer: number, { reason }: Finish): Buffer {
    this.#reason = reason
    return Buffer.alloc(0)
  }

  ending({ counted, done }: Ending): readonly Buffer[] {
    const delta = { stop_reason: reasons[this.#reason], stop_sequence: null }
    const usage = counted === undefined ? {} : { usage: { output_tokens: counted } }
    const frames = [
      namedEvent('content_block_stop', { index: 0 }),
      namedEvent('message_delta', { delta, ...usage }),
    ]
    return done ? [...frames, namedEvent('message_stop', {})] : frames
  }

  failure(message: string): readonly Buffer[] {
    return [namedEvent('error', { error: { type: 'api_error', message } })]
  }
}

function about({ id, model }: Identity) {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model }
}
