import { escapedText } from '../words.ts'
import { asked, conversation, fieldsIn, oneText } from './ask.ts'
import {
  type Asked,
  type Finish,
  type Frames,
  type Identity,
  promptTokens,
  type Shape,
  type Spoken,
  usual,
} from './shape.ts'

type Kind = 'generate' | 'chat'

/** POST /api/generate and POST /api/chat of Ollama: a JSON object a line. */
export function ollama(kind: Kind): Shape {
  return {
    ...usual,
    name: `ollama-${kind}`,
    streamType: 'application/x-ndjson',
    keepAlive: '\n',
    finishesApart: true,
    ask: (fields, absent) =>
      asked(fields, absent, {
        stream: fields.stream !== false,
        prompts: kind === 'chat' ? conversation(fields.messages) : oneText(fields.prompt, 'prompt'),
        length: fieldsIn(fields, 'options').num_predict,
        lengthField: 'num_predict',
      }),
    frames: (asked, identity) => new OllamaFrames(kind, asked, identity),
    whole(asked, identity, [answer]) {
      const { finish } = answer ?? {}
      return ended(kind, asked, identity, escapedText(0, finish?.tokens ?? 0), finish)
    },
    error: (_status, _type, message) => JSON.stringify({ error: message }),
  }
}

class OllamaFrames implements Frames {
  readonly #kind: Kind
  readonly #asked: Asked
  readonly #identity: Identity
  readonly #beforeText: string

  constructor(kind: Kind, asked: Asked, identity: Identity) {
    this.#kind = kind
    this.#asked = asked
    this.#identity = identity
    this.#beforeText = beforeText(kind, identity)
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ first, count }: Spoken): Buffer {
    const text = `${this.#beforeText}${escapedText(first, count)}${afterText(this.#kind)}`
    return Buffer.from(`${text},"done":false}\n`)
  }

  finish(_answer: number, finish: Finish): Buffer {
    return Buffer.from(`${ended(this.#kind, this.#asked, this.#identity, '', finish)}\n`)
  }

  ending(): readonly Buffer[] {
    return []
  }

  failure(message: string): readonly Buffer[] {
    return [Buffer.from(`${JSON.stringify({ error: message })}\n`)]
  }
}

function beforeText(kind: Kind, { model, created }: Identity): string {
  const at = new Date(created * 1000).toISOString()
  const said = kind === 'chat' ? '"message":{"role":"assistant","content":"' : '"response":"'
  return `{"model":${JSON.stringify(model)},"created_at":"${at}",${said}`
}

function afterText(kind: Kind): string {
  return kind === 'chat' ? '"}' : '"'
}

/** The object that ends a reply; counts and times of zero are left out, as Ollama does. */
function ended(
  kind: Kind,
  asked: Asked,
  identity: Identity,
  text: string,
  finish: Finish | undefined,
): string {
  const { firstNs, lastNs } = identity
  const counts: Readonly<Record<string, number>> =
    finish?.counted === undefined
      ? { total_duration: lastNs }
      : {
          total_duration: lastNs,
          prompt_eval_count: promptTokens(asked),
          prompt_eval_duration: firstNs,
          eval_count: finish.counted,
          eval_duration: Math.max(0, lastNs - firstNs),
        }
  const fields = Object.entries(counts)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `,"${name}":${Math.round(value)}`)
    .join('')
  const reason = finish === undefined ? 'stop' : finish.reason
  return `${beforeText(kind, identity)}${text}${afterText(kind)},"done":true,"done_reason":"${reason}"${fields}}`
}
