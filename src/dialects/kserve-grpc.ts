import type { Dialect, DialectOptions, StreamReader, StreamSink } from '../model/dialect.ts'
import { grpcFrame } from './framing/grpc.ts'
import { makeAsking, type TextMode } from './kserve/asking.ts'
import {
  type InferResponse,
  type Method,
  method,
  methodPaths,
  type StreamInferResponse,
} from './kserve/messages.ts'
import { modelPages, readModelPage } from './kserve/model-config.ts'
import { OutputReader, outputNames } from './kserve/output-reader.ts'
import { rawOutput } from './kserve/raw-output.ts'
import { repositoryIndex } from './kserve/repository-index.ts'
import { type TypedTensor, tensorMessage, typedTensors } from './kserve/tensors.ts'
import { openAiErrorMessage } from './openai-error.ts'
import { textOf } from './request-fields.ts'

const name = 'kserve-grpc'
/** Asks Triton for a last response that says so, as else nothing shows which one is the last. */
const emptyFinal = { triton_enable_empty_final_response: true }

/** A request before it becomes a message. */
interface Call {
  readonly model_name: string
  readonly id: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly inputs: readonly TypedTensor[]
}

/**
 * ModelStreamInfer of the KServe v2 protocol with Triton's extensions, a call for each request; ModelInfer for models of
 * one response, or with the option `call: unary`. Further options: `style`, `text`, `input`, `length`, `output`.
 */
export function makeKserveGrpc(options: DialectOptions): Dialect {
  const asking = makeAsking(name, options, { call: { oneOf: ['auto', 'stream', 'unary'] } })
  const { config, chosen } = asking
  const streaming = chosen.call === 'auto' ? config?.decoupled !== false : chosen.call === 'stream'
  const call: Method = streaming ? 'ModelStreamInfer' : 'ModelInfer'
  const { requestSerialize } = method(call)
  return {
    name,
    options: asking.rules,
    summary: 'KServe v2 over gRPC: Triton, streamed or whole, and other servers of the protocol',
    path: methodPaths[call],
    models: repositoryIndex,
    ...(config === undefined ? { learns: { paths: modelPages, settings: readModelPage } } : {}),
    namesModel: true,
    framing: 'grpc',
    contentType: 'application/grpc',
    headers: { te: 'trailers', 'grpc-accept-encoding': 'identity' },
    keyHeader: 'authorization',
    capabilities: {
      ...asking.capabilities,
      streaming,
      tokensPerEvent: 'unknown',
      requestId: 'metadata x-request-id, and the position in the workload as id',
      firstToken: 'first response with text or a count',
      endMarker: 'the end of the reply, with grpc-status 0',
    },
    encode(request, model, extra) {
      const { tensors, parameters } = asking.tensors(request, streaming, extra)
      return JSON.stringify({
        model_name: model,
        id: String(request.id),
        parameters: { ...(streaming ? emptyFinal : {}), ...parameters },
        inputs: typedTensors(tensors, config),
      } satisfies Call)
    },
    bytes(body) {
      const { parameters, inputs, ...rest } = JSON.parse(body) as Call
      const message = requestSerialize({
        ...rest,
        parameters: Object.fromEntries(
          Object.entries(parameters).map(([key, value]) => [key, parameter(value)]),
        ),
        inputs: inputs.map(tensorMessage),
      })
      return grpcFrame(message)
    },
    makeReader: () => new CallReader(asking.text, asking.output, streaming),
    ...(streaming ? {} : { echoes: (request) => [textOf(name, request)] }),
    example: {
      events: streaming ? [framed(call, ' one'), framed(call, ' two')] : [],
      ending: streaming ? '' : framed(call, ' one two'),
    },
    errorMessage: openAiErrorMessage,
  }
}

/** Reads the messages of one call. */
class CallReader implements StreamReader {
  readonly #outputs: OutputReader
  readonly #textName: string
  readonly #streaming: boolean
  readonly #deserialize: (bytes: Buffer) => object
  #failed = false
  /** Whether the last response has come, where responses say so. */
  #final: boolean | undefined
  #known = false

  constructor(text: TextMode, textName: string, streaming: boolean) {
    this.#outputs = new OutputReader(text)
    this.#textName = textName
    this.#streaming = streaming
    this.#deserialize = method(streaming ? 'ModelStreamInfer' : 'ModelInfer').responseDeserialize
  }

  reset(echoes: readonly string[]): void {
    this.#failed = false
    this.#final = undefined
    this.#known = false
    this.#outputs.reset(echoes[0])
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    const message = this.#decoded(bytes, start, end)
    if (message === undefined) {
      this.#fail(sink, 'malformed', 'The server sent a message that is not one of KServe v2.')
      return
    }
    const response = this.#streaming
      ? (message as StreamInferResponse).infer_response
      : (message as InferResponse)
    const { error_message: error } = message as StreamInferResponse
    if (this.#streaming && error !== undefined && error !== '') this.#fail(sink, 'stream-error', error)
    else if (response !== undefined) this.#response(response, sink)
  }

  end(sink: StreamSink): void {
    if (this.#failed) return
    if (this.#final === false) sink.fail('truncated', 'The call ended before the last response.')
    else this.#outputs.end(sink)
  }

  #response(response: InferResponse, sink: StreamSink): void {
    const final = response.parameters?.triton_final_response?.bool_param
    if (final !== undefined) this.#final = final
    if (!this.#known && response.id !== undefined && response.id !== '') {
      this.#known = true
      sink.serverId(response.id)
    }
    if (response.outputs === undefined || response.outputs.length === 0) return
    this.#outputs.read(
      {
        text: rawOutput(response, this.#textName),
        tokens: rawOutput(response, outputNames.tokens),
        inputTokens: rawOutput(response, outputNames.inputTokens),
        finishReason: rawOutput(response, outputNames.finishReason),
      },
      sink,
    )
  }

  #decoded(bytes: Uint8Array, start: number, end: number): object | undefined {
    try {
      return this.#deserialize(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start))
    } catch {
      return undefined
    }
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** A field of the target's body that is no tensor of the model. */
function parameter(value: unknown): object {
  if (typeof value === 'boolean') return { bool_param: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { int64_param: value } : { double_param: value }
  return { string_param: typeof value === 'string' ? value : JSON.stringify(value) }
}

/** A response with a text in it; none of its bytes is above 127. */
function framed(call: Method, text: string): string {
  const raw = Buffer.from(`\0\0\0\0${text}`)
  raw.writeUInt32LE(text.length)
  const response = {
    model_name: 'm',
    outputs: [{ name: 'text_output', datatype: 'BYTES', shape: [1] }],
    raw_output_contents: [raw],
  }
  const message = call === 'ModelStreamInfer' ? { infer_response: response } : response
  return Buffer.from(grpcFrame(method(call).responseSerialize(message))).toString('latin1')
}
