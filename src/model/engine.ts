/** Every engine Assay can start itself: a name here is the name in YAML, on the command line and in reports. */
export const engineNames = [
  'embedded',
  'reference',
  'llamacpp-server',
  'xllamacpp',
  'vllm',
  'vllm-legacy',
  'transformers-serve',
  'ollama',
  'fastapi-transformers',
  'triton-python',
  'triton-transformers',
  'fastapi-vllm',
  'fastapi-trtllm',
  'tgi',
  'lightllm',
  'sglang',
  'lmdeploy',
  'trtllm-serve',
  'triton-trtllm',
  'triton-vllm',
  'ray-serve-llm',
  'fastertransformer',
  'tabbyapi',
  'mlc',
  'openvino-model-server',
  'llama-cpp-python',
] as const
export type EngineName = (typeof engineNames)[number]

/** An engine's options as the user wrote them; each engine checks its own. */
export type EngineOptions = Readonly<Record<string, unknown>>

/** An engine that Assay started. */
export interface RunningEngine {
  /** Base URLs: one for each replica. */
  readonly urls: readonly string[]
  /** What it was asked to speak, or the best it speaks. */
  readonly dialect: string
  readonly model: string
  /** The first process of each replica; empty for containers. */
  readonly pids: readonly number[]
  /** Pages that count what each replica does, where they stand on a port of their own. */
  readonly metricsUrls?: readonly string[]
  /** Resolves when a replica has ended by itself, with how; absent where `pids` tell. */
  readonly ended?: Promise<string>
  /** Version, effective settings: what the report shows. */
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
  readonly notices: readonly string[]
  /** A shell line for each replica that starts the same without Assay, secrets redacted; absent for Assay's own. */
  readonly commands?: readonly string[]
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

export interface StartContext {
  /** Where the engine's own output goes. */
  readonly logFile: string
  /** One of the engine's dialects; absent: its best. */
  readonly dialect?: string
  /** Texts that nothing written may hold. */
  readonly secrets?: readonly string[]
  /** One line for people about what is going on ("building the model"). */
  progress(message: string): void
  readonly signal?: AbortSignal
}

/** How to start one engine. */
export interface Engine {
  readonly name: EngineName
  /** One sentence for `assay engines list`. */
  readonly summary: string
  /** Keys of the dialect table, the best first. */
  readonly dialects: readonly string[]
  /** Throws an AssayError that names the bad option and the allowed ones. */
  checkOptions(options: EngineOptions): void
  start(options: EngineOptions, context: StartContext): Promise<RunningEngine>
  /**
   * The shell lines that `start` would run: of a build that is missing, then one for each replica. Engines with it are programs that are not Assay's own,
   * so starting them needs the user's leave.
   */
  commands?(options: EngineOptions): Promise<readonly string[]>
}
