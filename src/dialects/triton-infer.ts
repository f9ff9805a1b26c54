import type { Dialect, DialectOptions, StreamReader, StreamSink } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import { makeAsking } from './kserve/asking.ts'
import { modelPages, readModelPage } from './kserve/model-config.ts'
import { OutputReader, outputNames } from './kserve/output-reader.ts'
import { repositoryIndex } from './kserve/repository-index.ts'
import { typedTensors } from './kserve/tensors.ts'
import { errorIn, openAiErrorMessage } from './openai-error.ts'
import { excerpt, parseJson } from './payload.ts'
import { textOf } from './request-fields.ts'

const name = 'triton-infer'

/** An answer of the protocol, as far as Assay reads it. */
interface Answer {
  readonly id?: unknown
  readonly outputs?: unknown
  readonly error?: unknown
}

/**
 * POST /v2/models/M/infer of the KServe v2 protocol: tensors as JSON, one answer a request. Options: `style`, `text`,
 * `input`, `length`, `output`.
 */
export function makeTritonInfer(options: DialectOptions): Dialect {
  const asking = makeAsking(name, options, {})
  const { config } = asking
  return {
    name,
    options: asking.rules,
    summary: 'KServe v2 inference with JSON tensors: Triton and other servers, whole answers',
    path: '/v2/models/{model}/infer',
    models: repositoryIndex,
    ...(config === undefined ? { learns: { paths: modelPages, settings: readModelPage } } : {}),
    namesModel: true,
    framing: 'json',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      ...asking.capabilities,
      streaming: false,
      tokensPerEvent: 'unknown',
      requestId: 'header X-Request-Id',
      firstToken: 'the answer, which comes whole',
      endMarker: 'the end of the reply',
    },
    encode(request, _model, extra) {
      if (config?.decoupled === true) {
        throw new AssayError(
          'decoupled-model',
          'The model is decoupled: infer over HTTP does not serve such models.',
          {
            hint: 'Use the dialect triton-generate, or kserve-grpc.',
          },
        )
      }
      const { tensors, parameters } = asking.tensors(request, false, extra)
      return JSON.stringify({
        inputs: typedTensors(tensors, config),
        ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
      })
    },
    makeReader: () => new InferReader(asking.output),
    echoes: (request) => [textOf(name, request)],
    example: {
      events: [],
      ending: JSON.stringify({
        model_name: 'm',
        model_version: '1',
        outputs: [{ name: 'text_output', datatype: 'BYTES', shape: [1], data: [' one two'] }],
      }),
    },
    errorMessage: openAiErrorMessage,
  }
}

class InferReader implements StreamReader {
  readonly #outputs = new OutputReader('delta')
  readonly #textName: string
  #failed = false

  constructor(textName: string) {
    this.#textName = textName
  }

  reset(echoes: readonly string[]): void {
    this.#failed = false
    this.#outputs.reset(echoes[0])
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    const answer = parseJson(bytes, start, end, sink) as Answer | null | undefined
    const error = answer === null || typeof answer !== 'object' ? undefined : errorIn(answer)
    if (error !== undefined || !Array.isArray(answer?.outputs)) {
      this.#failed = true
      const said = excerpt(JSON.stringify(answer) ?? '')
      if (error !== undefined) sink.fail('stream-error', error)
      else sink.fail('malformed', `The server sent JSON that is no answer: ${said}`)
      return
    }
    if (typeof answer.id === 'string' && answer.id !== '') sink.serverId(answer.id)
    const { outputs } = answer as { readonly outputs: readonly (Record<string, unknown> | null)[] }
    const of = (wanted: string) => {
      const data = outputs.find((output) => output?.name === wanted)?.data
      return Array.isArray(data) ? (data as readonly unknown[])[0] : undefined
    }
    this.#outputs.read(
      {
        text: of(this.#textName),
        tokens: of(outputNames.tokens),
        inputTokens: of(outputNames.inputTokens),
        finishReason: of(outputNames.finishReason),
      },
      sink,
    )
  }

  end(sink: StreamSink): void {
    if (!this.#failed) this.#outputs.end(sink)
  }
}
