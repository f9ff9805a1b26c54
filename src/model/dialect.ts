import type { ErrorKind } from './record.ts'
import type { Request, RequestInput } from './request.ts'
import type { Sampling } from './workload.ts'

/** Every wire protocol: a name here is the name in YAML, on the command line and in reports. */
export const dialectNames = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic-messages',
  'azure-openai',
  'azure-inference',
  'vllm-generate',
  'vllm-tokens',
  'tgi',
  'lightllm',
  'sglang-generate',
  'lmdeploy-generate',
  'llamacpp-completion',
  'ollama-generate',
  'ollama-chat',
  'triton-generate',
  'triton-infer',
  'kserve-grpc',
  'custom',
] as const
export type DialectName = (typeof dialectNames)[number]

/** The dialects that are calls of gRPC: they have a transport of their own, which no other has. */
export const grpcDialects: readonly string[] = ['kserve-grpc'] satisfies readonly DialectName[]

/** Told by a dialect's reader what a stream says; the recorder implements it. Hot: no allocation per call. */
export interface StreamSink {
  /**
   * The events and the finish reason that follow belong to this prompt of the request, counted from 0, until another
   * is named. Only requests with several prompts need it.
   */
  prompt(index: number): void
  /** One event with `tokens` tokens, whose UTF-8 text is bytes[start, end). `flags` as in `eventFlags`. */
  event(flags: number, tokens: number, bytes: Uint8Array, start: number, end: number): void
  usage(usage: Usage): void
  finish(reason: string): void
  /** The id the server gave the reply. */
  serverId(id: string): void
  /** The stream says that it failed, or cannot be understood. The first one wins. */
  fail(kind: ErrorKind, message: string): void
}

/** Token counts as the server states them; of all prompts of the request together. */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
}

/** Understands the payloads of one reply. Reused: `reset` comes before each reply. */
export interface StreamReader {
  /** `echoes`: see `Dialect.echoes`; empty for dialects without. */
  reset(echoes: readonly string[]): void
  /** One framed payload lies in bytes[start, end). */
  read(bytes: Uint8Array, start: number, end: number, sink: StreamSink): void
  /** The body is complete; reports `truncated` or `empty` when the reply is not whole. */
  end(sink: StreamSink): void
}

/**
 * How payloads lie in a body: server-sent events, a JSON value a line, JSON values ended by NUL, bytes that are the
 * text itself (a payload a read), one JSON document, or messages of gRPC, each after its length.
 */
export const framings = ['sse', 'ndjson', 'nul', 'raw', 'json', 'grpc'] as const
export type Framing = (typeof framings)[number]

/** What servers that speak a dialect can be asked for, as data: studies are checked against it before anything is sent. */
export interface Capabilities {
  /** Kinds of input that `encode` takes. */
  readonly inputs: readonly RequestInput['kind'][]
  /** Sampling settings that have a field of their own on the wire; others are refused by `encode`. */
  readonly sampling: readonly (keyof Sampling)[]
  /** Whether replies come token by token. */
  readonly streaming: boolean
  /** How exactly N output tokens are forced, such as "ignore_eos: true"; absent: the length can only be capped. */
  readonly exactLength?: string
  /** Where the true token counts come from. */
  readonly usage: 'asked' | 'always' | 'every-event' | 'never'
  readonly tokensPerEvent: 'one' | 'one-or-more' | 'unknown'
  /** How Assay's request id reaches the server, such as "header X-Request-Id"; absent: not at all. */
  readonly requestId?: string
  /** Body field that keeps a request off the prefix cache, such as "cache_prompt: false"; absent: a server setting. */
  readonly prefixCacheOff?: string
  /** What marks the first token. */
  readonly firstToken: string
  /** What says that a reply is whole. */
  readonly endMarker: string
}

/** Where a server lists the models it serves. */
export interface ModelList {
  /** Relative to the base URL. */
  readonly path: string
  /** The page is asked for by POST, with an empty JSON object. */
  readonly post?: true
  /** Names in the page, the default first; empty when the page names none. */
  names(body: string): readonly string[]
}

/** What a dialect must have read about a model before it can say requests to it. */
export interface ModelPages {
  /** Relative to the base URL, `{model}` in them; the first that the server has is read. */
  readonly paths: readonly string[]
  /** The settings of the dialect that a page gives. Throws an AssayError for what is no such page. */
  settings(body: string): DialectOptions
}

/** Settings of a dialect in one target, such as {apiVersion: "2024-10-21"}. */
export type DialectOptions = Readonly<Record<string, unknown>>

/** What a setting of a dialect may be: one of some words, the first being the default, or a text of a certain form. */
export type OptionRule =
  | { readonly oneOf: readonly [string, ...string[]] }
  | { readonly form: RegExp; readonly default: string }

/** A wire protocol: pure translation, no socket and no clock. */
export interface Dialect {
  readonly name: string
  /** Its settings, by name; absent: it has none, or describes them itself. */
  readonly options?: Readonly<Record<string, OptionRule>>
  /** One sentence: which servers speak it. */
  readonly summary: string
  /** Appended to the target's base URL unless that already ends with it; `{model}` stands for the model's name. */
  readonly path: string
  /** Absent: the server does not list models. */
  readonly models?: ModelList
  /** Absent: it can say requests as it is. */
  readonly learns?: ModelPages
  /** Whether requests name a model; if not, a target needs none. */
  readonly namesModel: boolean
  readonly framing: Framing
  readonly contentType: string
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Header that carries the target's key. */
  readonly keyHeader: 'authorization' | 'api-key' | 'x-api-key'
  readonly capabilities: Capabilities
  /**
   * Body of one request. `extra` is merged last. Throws `unsupported-input` or `unsupported-sampling` for what the
   * dialect cannot say, with the way out as hint.
   */
  encode(request: Request, model: string, extra: Readonly<Record<string, unknown>>): string
  /** The bytes that a body is sent as; absent: its UTF-8. */
  bytes?(body: string): Uint8Array
  makeReader(): StreamReader
  /** For servers whose replies repeat the prompt: the text that the reply to each prompt of `request` begins with. */
  echoes?(request: Request): readonly string[]
  /** A short streamed reply as its servers send it, framing included; events may be repeated before the ending. */
  readonly example: { readonly events: readonly string[]; readonly ending: string }
  /** The sentence inside an error body of this dialect's servers, or the body's beginning. */
  errorMessage(body: string): string
}
