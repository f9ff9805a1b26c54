import { type Asked, type Fields, type Frames, type Shape, type Spoken, usual } from '../shapes/shape.ts'
import { askTriton, type TritonAsked } from './ask.ts'
import { callAt, framed } from './messages.ts'
import { type Output, outputsOf, type Said } from './outputs.ts'

/** A request as its message states it. */
interface InferRequest {
  readonly model_name: string
  readonly id: string
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly inputs: readonly {
    readonly name: string
    readonly datatype: string
    readonly contents: Readonly<Record<string, readonly unknown[]>> | null
  }[]
  readonly raw_input_contents: readonly Buffer[]
}

/** ModelStreamInfer, or ModelInfer: a request is a message, read by `requestOf`, and its fields are those of the message. */
export function tritonCall(streams: boolean): Shape {
  return {
    ...usual,
    name: 'kserve-grpc',
    ask(fields, absent) {
      const asked = askTriton(requestOf(fields as unknown as InferRequest, streams), absent)
      return typeof asked !== 'string' && !streams && asked.triton.model.decoupled
        ? "ModelInfer RPC doesn't support models with decoupled transaction policy"
        : withStream(asked, streams)
    },
    frames: (asked) => new CallFrames(asked as TritonAsked, streams),
    whole() {
      throw new Error('Calls are answered in frames.')
    },
    error: (_status, _type, message) => message,
  }
}

/** A call of one response is a stream with one event: what would be a whole answer over HTTP. */
function withStream(asked: TritonAsked | string, streams: boolean): Asked | string {
  return typeof asked === 'string' || streams ? asked : { ...asked, stream: false }
}

function requestOf(message: InferRequest, streams: boolean) {
  const values = message.inputs.map((input, i) => {
    const raw = message.raw_input_contents[i]
    const [list = []] = Object.values(input.contents ?? {}).filter((one) => one.length > 0)
    const data = raw === undefined ? list.map(plain) : elements(input.datatype, raw)
    return [input.name, data.length === 1 ? data[0] : data]
  })
  const parameters = Object.entries(message.parameters).map(([name, choice]) => [
    name,
    choice[String(choice.parameter_choice ?? 'bool_param')] ?? Object.values(choice)[0],
  ])
  return {
    model: message.model_name,
    id: message.id,
    tensors: Object.fromEntries(values) as Fields,
    parameters: Object.fromEntries(parameters) as Fields,
    streams,
  }
}

function plain(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('utf8') : value
}

/** The elements of a raw tensor, little-endian. */
function elements(datatype: string, raw: Buffer): unknown[] {
  switch (datatype) {
    case 'BYTES': {
      const texts: string[] = []
      for (let at = 0; at + 4 <= raw.length; ) {
        const end = at + 4 + raw.readUInt32LE(at)
        texts.push(raw.toString('utf8', at + 4, end))
        at = end
      }
      return texts
    }
    case 'BOOL':
      return [...raw].map((byte) => byte !== 0)
    case 'INT32':
      return Array.from({ length: raw.length >> 2 }, (_, i) => raw.readInt32LE(i * 4))
    case 'UINT32':
      return Array.from({ length: raw.length >> 2 }, (_, i) => raw.readUInt32LE(i * 4))
    case 'FP32':
      return Array.from({ length: raw.length >> 2 }, (_, i) => raw.readFloatLE(i * 4))
    case 'INT64':
    case 'UINT64':
      return Array.from({ length: raw.length >> 3 }, (_, i) => Number(raw.readBigInt64LE(i * 8)))
    default:
      return []
  }
}

class CallFrames implements Frames {
  readonly #asked: TritonAsked
  readonly #serialize: (message: object) => Buffer
  readonly #streams: boolean

  constructor(asked: TritonAsked, streams: boolean) {
    const call = callAt(`/inference.GRPCInferenceService/${streams ? 'ModelStreamInfer' : 'ModelInfer'}`)
    if (call === undefined) throw new Error('The definition of the messages lacks a call.')
    this.#asked = asked
    this.#streams = streams
    this.#serialize = call.method.responseSerialize
  }

  opening(): readonly Buffer[] {
    return []
  }

  text({ first, count, finish }: Spoken): Buffer {
    const whole = this.#streams ? {} : { whole: true as const }
    return this.#response({ first, count, ...(finish === undefined ? {} : { finish }), ...whole })
  }

  finish(): Buffer {
    return this.#response({ first: 0, count: 0 })
  }

  /** Models that send more than one response end with an empty one, for those who ask for it. */
  ending(): readonly Buffer[] {
    if (!this.#streams || !this.#asked.triton.emptyFinal) return []
    return [this.#message({ ...this.#head(true), outputs: [], raw_output_contents: [] })]
  }

  failure(message: string): readonly Buffer[] | undefined {
    return this.#streams ? [framed(this.#serialize({ error_message: message }))] : undefined
  }

  #head(isFinal: boolean): object {
    return {
      model_name: this.#asked.model,
      model_version: '1',
      id: this.#asked.triton.id,
      ...(this.#streams ? { parameters: { triton_final_response: { bool_param: isFinal } } } : {}),
    }
  }

  #response(said: Said): Buffer {
    const outputs = outputsOf(this.#asked, said)
    return this.#message({
      ...this.#head(false),
      outputs: outputs.map(({ name, datatype }) => ({ name, datatype, shape: [1] })),
      raw_output_contents: outputs.map(rawOf),
    })
  }

  #message(response: object): Buffer {
    return framed(this.#serialize(this.#streams ? { infer_response: response } : response))
  }
}

function rawOf({ datatype, value }: Output): Buffer {
  if (datatype === 'BYTES') {
    const text = Buffer.from(String(value), 'utf8')
    const raw = Buffer.alloc(4 + text.length)
    raw.writeUInt32LE(text.length)
    text.copy(raw, 4)
    return raw
  }
  const raw = Buffer.alloc(4)
  if (datatype === 'FP32') raw.writeFloatLE(Number(value))
  else raw.writeInt32LE(Number(value))
  return raw
}
