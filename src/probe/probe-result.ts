import type { Capabilities } from '../model/dialect.ts'
import type { ErrorKind } from '../model/record.ts'
import type { ServedModel, ServerMetricName, ServerSettings } from '../model/server-kind.ts'

/** One thing that happened to a request. Times in ms since its first byte was sent. Texts are the server's. */
export type Moment = { readonly atMs: number } & (
  | { readonly what: 'connected' | 'sent' | 'written' | 'first byte' | 'end' }
  | { readonly what: 'headers'; readonly status: number }
  | {
      readonly what: 'event'
      readonly tokens: number
      readonly text: string
      /** What it carries: content, reasoning, tool, empty. */
      readonly kinds: readonly string[]
      /** It came in the same read as the event before. */
      readonly coalesced: boolean
    }
  | { readonly what: 'finish'; readonly reason: string }
  | {
      readonly what: 'usage'
      readonly inputTokens?: number
      readonly outputTokens?: number
      readonly cachedTokens?: number
    }
  | { readonly what: 'failed'; readonly error: ErrorKind; readonly message: string }
)

/** What came of one short request in one dialect. */
export interface DialectTrial {
  readonly dialect: string
  /** `absent`: there is no such path or method. */
  readonly state: 'answers' | 'absent' | 'refuses' | 'fails' | 'not-tried'
  readonly status?: number
  /** Why it does not answer. */
  readonly message?: string
  /** Of the dialect, when it answers. */
  readonly capabilities?: Capabilities
  readonly timeline?: readonly Moment[]
  /** Events beyond those of the timeline. */
  readonly moreEvents?: number
}

/** What a server's metrics page holds. */
export interface ProbedMetrics {
  readonly url: string
  /** Samples on the page; 0: there is no page, or nothing on it that could be read. */
  readonly samples: number
  readonly known: readonly {
    readonly metric: ServerMetricName
    /** The server's own names. */
    readonly names: readonly string[]
    readonly value?: number
    readonly seen?: { readonly count: number; readonly sum: number }
  }[]
  /** Families that Assay has no word for. */
  readonly others: readonly string[]
}

/** What `assay probe` found. */
export interface ProbeResult {
  readonly url: string
  readonly server: {
    readonly name: string
    readonly title: string
    readonly version?: string
    /** What shows that it is this one. */
    readonly recognisedBy: string
  }
  readonly models: readonly ServedModel[]
  readonly settings: ServerSettings
  readonly notices: readonly string[]
  /** Paths that were read and the status that came. */
  readonly pages: Readonly<Record<string, number>>
  /** The model that the short requests named. */
  readonly model: string
  readonly dialects: readonly DialectTrial[]
  /** Absent: servers of this kind have no metrics page. */
  readonly metrics?: ProbedMetrics
}
