import type { Fields, Frames, Shape, Spoken } from '../shapes/shape.ts'
import { usual } from '../shapes/shape.ts'
import { askTriton, type TritonAsked, type TritonRequest } from './ask.ts'
import { type Output, outputsOf, type Said } from './outputs.ts'

const severalMessage =
  'generate expects model to produce exactly 1 response, use generate stream for model that generates various number of responses'

/** Status of a refusal by its sentence, as the server has it. */
export function statusOf(message: string): number {
  // Status 200 has gone out when the server sees that there are more.
  if (message === severalMessage) return 200
  return message.startsWith('Request for unknown model') ? 404 : 400
}

/** POST /v2/models/M/generate and /generate_stream: flat objects. */
export function tritonGenerate(streams: boolean): Shape {
  return {
    ...usual,
    name: 'triton-generate',
    ask(fields, absent) {
      const asked = askTriton(flatRequest(fields, absent.path, streams), absent)
      if (typeof asked === 'string' || streams || !asked.triton.model.decoupled) return asked
      const { streamInput } = asked.triton.model
      return streamInput !== undefined && fields[streamInput] === true ? severalMessage : asked
    },
    frames: (asked) => new GenerateFrames(asked as TritonAsked),
    whole(asked, _identity, [answer]) {
      const { tokens = 0, ...finish } = answer?.finish ?? { reason: 'stop' as const }
      return flat(asked as TritonAsked, { first: 0, count: tokens, finish, whole: true })
    },
    error: (_status, _type, message) => JSON.stringify({ error: message }),
    statusOf,
  }
}

/** A key that is an input becomes a tensor, also inside `parameters`; any other is a parameter. */
function flatRequest(fields: Fields, path: string, streams: boolean): TritonRequest {
  const { parameters, id, ...rest } = fields
  const inner = typeof parameters === 'object' && parameters !== null ? (parameters as Fields) : {}
  const all = { ...inner, ...rest }
  return {
    model: modelIn(path),
    id: typeof id === 'string' ? id : '',
    tensors: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, only(value)])),
    parameters: all,
    streams,
  }
}

/** The model that a path names. */
export function modelIn(path: string): string {
  return decodeURIComponent(/^\/v2\/models\/([^/]+)/.exec(path)?.[1] ?? '')
}

function only(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value
}

class GenerateFrames implements Frames {
  readonly #asked: TritonAsked

  constructor(asked: TritonAsked) {
    this.#asked = asked
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ first, count, finish }: Spoken): Buffer {
    return frame(flat(this.#asked, { first, count, ...(finish === undefined ? {} : { finish }) }))
  }

  finish(): Buffer {
    return frame(flat(this.#asked, { first: 0, count: 0 }))
  }

  /** The end of the body is the end of the stream. */
  ending(): readonly Buffer[] {
    return []
  }

  failure(message: string): readonly Buffer[] {
    return [frame(JSON.stringify({ error: message }))]
  }
}

function flat(asked: TritonAsked, said: Said): string {
  const { id } = asked.triton
  return JSON.stringify({
    ...(id === '' ? {} : { id }),
    model_name: asked.model,
    model_version: '1',
    ...Object.fromEntries(outputsOf(asked, said).map(({ name, value }: Output) => [name, value])),
  })
}

function frame(body: string): Buffer {
  return Buffer.from(`data: ${body}\n\n`)
}
