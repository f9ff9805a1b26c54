import type { ErrorKind } from './record.ts'
import type { Request } from './request.ts'

/** Told by a dialect's reader what a stream says; the recorder implements it. Hot: no allocation per call. */
export interface StreamSink {
  /** One event with `tokens` tokens, whose UTF-8 text is bytes[start, end). `flags` as in `eventFlags`. */
  event(flags: number, tokens: number, bytes: Uint8Array, start: number, end: number): void
  usage(usage: Usage): void
  finish(reason: string): void
  /** The id the server gave the reply. */
  serverId(id: string): void
  /** The stream says that it failed, or cannot be understood. The first one wins. */
  fail(kind: ErrorKind, message: string): void
}

export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
}

/** Understands the payloads of one reply. Reused: `reset` comes before each reply. */
export interface StreamReader {
  reset(): void
  /** One framed payload lies in bytes[start, end). */
  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void
  /** The body is complete; reports `truncated` or `empty` when the reply is not whole. */
  end(sink: StreamSink): void
}

/** A wire protocol: pure translation, no socket and no clock. */
export interface Dialect {
  readonly name: string
  /** Appended to the target's base URL unless that already ends with it. */
  readonly path: string
  /** Where the server lists its models, relative to the base URL. */
  readonly modelsPath: string
  readonly framing: 'sse'
  readonly contentType: string
  /** Body of one request. `extra` is merged last. */
  encode(request: Request, model: string, extra: Readonly<Record<string, unknown>>): string
  makeReader(): StreamReader
  /** A short streamed reply as its servers send it, framing included; events may be repeated before the ending. */
  readonly example: { readonly events: readonly string[]; readonly ending: string }
  /** The sentence inside an error body of this dialect's servers, or the body's beginning. */
  errorMessage(body: string): string
}
