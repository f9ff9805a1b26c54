/** An engine that Assay started. */
export interface RunningEngine {
  readonly url: string
  readonly dialect: string
  readonly model: string
  readonly pid: number
  /** Version, effective settings: what the report shows. */
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
  readonly notices: readonly string[]
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

export interface StartContext {
  /** Where the engine's own output goes. */
  readonly logFile: string
  /** One line for people about what is going on ("building the model"). */
  progress(message: string): void
  readonly signal?: AbortSignal
}

/** A recipe: how to start one engine. */
export interface Engine {
  readonly name: string
  /** One sentence for `assay engines list`. */
  readonly summary: string
  /** Throws an AssayError that names the bad option and the allowed ones. */
  checkOptions(options: Readonly<Record<string, unknown>>): void
  start(options: Readonly<Record<string, unknown>>, context: StartContext): Promise<RunningEngine>
}
