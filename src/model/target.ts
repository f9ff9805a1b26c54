import type { DialectOptions } from './dialect.ts'

/** The versions of HTTP that a target may choose between. */
export const httpVersions = ['http1', 'http2'] as const
/** How requests travel. Append only. */
export const transports = [...httpVersions, 'grpc'] as const
export type TransportName = (typeof transports)[number]

/** How requests are spread over the endpoints of a target. */
export const balances = ['round-robin', 'least-in-flight'] as const
export type Balance = (typeof balances)[number]

/** One running engine with one model at one or more endpoints, or how to start it. */
export interface Target {
  readonly name: string
  /** Key of the dialect table: `openai-chat`, `openai-completions` … */
  readonly dialect: string
  /** The dialect's own settings; which there are is the dialect's affair. */
  readonly dialectOptions: DialectOptions
  /** Base URLs of the target's endpoints. Empty when `engine` starts the target. */
  readonly urls: readonly string[]
  /** Which endpoint a request goes to: the next one, or the one with the fewest of this worker's in flight. */
  readonly balance: Balance
  /** An engine Assay starts itself: key of the engine table and that engine's own options. */
  readonly engine?: {
    readonly name: string
    readonly options: Readonly<Record<string, unknown>>
    /** One of those it speaks. Absent: its best. */
    readonly dialect?: string
  }
  /** Whether an engine that Assay starts is started anew for each run, and stopped after it. */
  readonly restart?: boolean
  /** Whether the heaviest requests are seen through, all at a time, before the first run. */
  readonly preflight?: boolean
  /** Page where the server counts, if it is not where such servers have it. */
  readonly metricsUrl?: string
  /** Absent: the first model the server lists. */
  readonly model?: string
  readonly headers: Readonly<Record<string, string>>
  /** Name of the environment variable that holds a bearer key. The key itself is never stored. */
  readonly apiKeyEnv?: string
  /** GPUs the target uses, as declared by the user, for per-GPU figures. */
  readonly gpus?: number
  readonly transport: TransportName
  readonly connections: 'reuse' | 'fresh'
  /** A request that takes longer fails with kind `timeout`. */
  readonly timeoutS: number
  /** Folder or tokenizer.json used when the server sends no token counts. */
  readonly tokenizer?: string
  /** Further fields of every request body, as the server names them. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A target that answers: what the load engine and the run folder need to know of it. */
export interface ReadyTarget {
  readonly target: Target
  readonly urls: readonly string[]
  readonly dialect: string
  readonly model: string
  /** As asked, but fresh where the server hangs up after each reply. */
  readonly connections: Target['connections']
  /** What the engine says of itself, or the recipe knows: version, sequences, threads … */
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
  /** Labels every report must carry, such as "random weights: text is noise". */
  readonly notices: readonly string[]
}
