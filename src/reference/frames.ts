import type { Asked } from './asked.ts'
import { noBytes } from './framing.ts'
import { tokenText, words } from './words.ts'

/** Server-sent events as vLLM shapes them, up to where the text begins, and from there on. */
interface Shape {
  readonly object: string
  readonly idPrefix: string
  readonly beforeText: string
  readonly afterText: string
  readonly afterLastText: (finishReason: string) => string
  readonly role: string | undefined
}

const shapes: Record<Asked['kind'], Shape> = {
  chat: {
    object: 'chat.completion.chunk',
    idPrefix: 'chatcmpl-',
    beforeText: '"choices":[{"index":0,"delta":{"content":"',
    afterText: '"},"logprobs":null,"finish_reason":null,"token_ids":null}]}\n\n',
    afterLastText: (reason) =>
      `"},"logprobs":null,"finish_reason":"${reason}","stop_reason":null,"token_ids":null}]}\n\n`,
    role: '"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n',
  },
  completions: {
    object: 'text_completion',
    idPrefix: 'cmpl-',
    beforeText: '"choices":[{"index":0,"text":"',
    afterText: '","logprobs":null,"finish_reason":null,"stop_reason":null,"token_ids":null}]}\n\n',
    afterLastText: (reason) =>
      `","logprobs":null,"finish_reason":"${reason}","stop_reason":null,"token_ids":null}]}\n\n`,
    role: undefined,
  },
}

const escapedWords = words.map((word) => JSON.stringify(word).slice(1, -1))
/** From the text on, per word: rendered once for all replies. */
const tails: Record<Asked['kind'], readonly Buffer[]> = {
  chat: escapedWords.map((word) => Buffer.from(word + shapes.chat.afterText)),
  completions: escapedWords.map((word) => Buffer.from(word + shapes.completions.afterText)),
}

/** The frame that ends a stream. */
export const doneFrame = Buffer.from('data: [DONE]\n\n')

/** What a reply says in its head fields. */
export interface Identity {
  readonly id: string
  readonly model: string
  /** Unix time, s. */
  readonly created: number
}

/** The frames of one streamed reply. */
export class Frames {
  readonly #shape: Shape
  readonly #tails: readonly Buffer[]
  readonly #start: string
  /** Of a frame with text: everything before the text. */
  readonly beforeText: Buffer

  constructor(kind: Asked['kind'], identity: Identity) {
    const shape = shapes[kind]
    this.#shape = shape
    this.#tails = tails[kind]
    const id = JSON.stringify(shape.idPrefix + identity.id)
    const model = JSON.stringify(identity.model)
    this.#start = `data: {"id":${id},"object":"${shape.object}","created":${identity.created},"model":${model},`
    this.beforeText = Buffer.from(this.#start + shape.beforeText)
  }

  /** Of a frame with one token that is not the last: everything from the text on. */
  tail(token: number): Buffer {
    return this.#tails[token % this.#tails.length] ?? noBytes
  }

  /** A frame with the tokens [first, first + count), and the finish reason when it is the last. */
  text(first: number, count: number, finishReason: string | undefined): Buffer {
    const shape = this.#shape
    const text = JSON.stringify(tokenText(first, count)).slice(1, -1)
    const after = finishReason === undefined ? shape.afterText : shape.afterLastText(finishReason)
    return Buffer.from(`${this.#start}${shape.beforeText}${text}${after}`)
  }

  /** Chat opens with a frame that names the role and has no token; completions do not. */
  role(): Buffer | undefined {
    return this.#shape.role === undefined ? undefined : Buffer.from(this.#start + this.#shape.role)
  }

  /** A frame with the finish reason and no token. */
  finish(reason: string): Buffer {
    return this.text(0, 0, reason)
  }

  usage(promptTokens: number, completionTokens: number): Buffer {
    const usage = usageOf(promptTokens, completionTokens)
    return Buffer.from(`${this.#start}"choices":[],"usage":${JSON.stringify(usage)}}\n\n`)
  }
}

/** A reply that is not streamed, as JSON. */
export function wholeBody(
  asked: Asked,
  identity: Identity,
  reply: {
    readonly text: string
    readonly finishReason: string
    readonly usage: ReturnType<typeof usageOf> | undefined
  },
): string {
  const { text, finishReason, usage } = reply
  const end = { logprobs: null, finish_reason: finishReason, stop_reason: null, token_ids: null }
  const chat = asked.kind === 'chat'
  return JSON.stringify({
    id: shapes[asked.kind].idPrefix + identity.id,
    object: chat ? 'chat.completion' : 'text_completion',
    created: identity.created,
    model: identity.model,
    choices: [
      chat ? { index: 0, message: { role: 'assistant', content: text }, ...end } : { index: 0, text, ...end },
    ],
    ...(usage === undefined ? {} : { usage }),
  })
}

/** OpenAI's `usage` object. */
export function usageOf(promptTokens: number, completionTokens: number) {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  }
}
