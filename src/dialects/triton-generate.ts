import type { Dialect, DialectOptions, StreamReader, StreamSink } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import { makeAsking, type TextMode } from './kserve/asking.ts'
import { modelPages, readModelPage } from './kserve/model-config.ts'
import { OutputReader, outputNames } from './kserve/output-reader.ts'
import { repositoryIndex } from './kserve/repository-index.ts'
import { typedTensors } from './kserve/tensors.ts'
import { errorIn, openAiErrorMessage } from './openai-error.ts'
import { excerpt, parseJson } from './payload.ts'
import { replyRule } from './reply-rule.ts'
import { textOf } from './request-fields.ts'

const name = 'triton-generate'

/**
 * POST /v2/models/M/generate_stream of Triton, or /generate with the option `reply: whole`: one flat object whose fields
 * become the model's input tensors. Options: `style`, `text`, `input`, `length`, `output`, `reply`.
 */
export function makeTritonGenerate(options: DialectOptions): Dialect {
  const asking = makeAsking(name, options, { reply: replyRule })
  const streaming = asking.chosen.reply === 'stream'
  const { config } = asking
  return {
    name,
    options: asking.rules,
    summary: 'NVIDIA Triton’s generate, for the models of any back end',
    path: `/v2/models/{model}/${streaming ? 'generate_stream' : 'generate'}`,
    models: repositoryIndex,
    ...(config === undefined ? { learns: { paths: modelPages, settings: readModelPage } } : {}),
    namesModel: true,
    framing: streaming ? 'sse' : 'json',
    contentType: 'application/json',
    headers: {},
    keyHeader: 'authorization',
    capabilities: {
      ...asking.capabilities,
      streaming,
      tokensPerEvent: 'unknown',
      requestId: 'header X-Request-Id',
      firstToken: 'first event with text or a count',
      endMarker: streaming ? 'the end of the reply: there is no mark' : 'the end of the reply',
    },
    encode(request, _model, extra) {
      const { tensors, parameters } = asking.tensors(request, streaming, extra)
      if (
        !streaming &&
        config?.decoupled === true &&
        tensors.stream === undefined &&
        tensors.streaming === undefined
      ) {
        throw new AssayError(
          'decoupled-model',
          'The model is decoupled: generate takes models of one response.',
          {
            hint: 'Leave reply: whole out, so that generate_stream is used.',
          },
        )
      }
      typedTensors(tensors, config)
      return JSON.stringify({ ...tensors, ...parameters })
    },
    makeReader: () => new GenerateReader(asking.text, asking.output),
    ...(streaming ? {} : { echoes: (request) => [textOf(name, request)] }),
    example: {
      events: [event(' one'), event(' two')],
      ending: '',
    },
    errorMessage: openAiErrorMessage,
  }
}

/** Reads flat objects, one a response. */
class GenerateReader implements StreamReader {
  readonly #outputs: OutputReader
  readonly #textName: string
  #failed = false

  constructor(text: TextMode, textName: string) {
    this.#outputs = new OutputReader(text)
    this.#textName = textName
  }

  reset(echoes: readonly string[]): void {
    this.#failed = false
    this.#outputs.reset(echoes[0])
  }

  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void {
    if (this.#failed) return
    const json = parseJson(bytes, start, end, sink)
    if (json === null || typeof json !== 'object' || Array.isArray(json)) {
      this.#fail(
        sink,
        'malformed',
        `The server sent JSON that is no response: ${excerpt(JSON.stringify(json) ?? '')}`,
      )
      return
    }
    const fields = json as Readonly<Record<string, unknown>>
    const error = errorIn(fields)
    if (error !== undefined) {
      this.#fail(sink, 'stream-error', error)
      return
    }
    if (typeof fields.id === 'string' && fields.id !== '') sink.serverId(fields.id)
    this.#outputs.read(
      {
        text: first(fields[this.#textName]),
        tokens: first(fields[outputNames.tokens]),
        inputTokens: first(fields[outputNames.inputTokens]),
        finishReason: first(fields[outputNames.finishReason]),
      },
      sink,
    )
  }

  end(sink: StreamSink): void {
    if (!this.#failed) this.#outputs.end(sink)
  }

  #fail(sink: StreamSink, kind: 'malformed' | 'stream-error', message: string): void {
    this.#failed = true
    sink.fail(kind, message)
  }
}

/** Outputs of one element are plain values, others are lists. */
function first(value: unknown): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[0] : value
}

function event(text: string): string {
  return `data: ${JSON.stringify({ model_name: 'm', model_version: '1', text_output: text })}\n\n`
}
