import type { LengthDistribution } from './length.ts'

/** How synthetic prompts read: our own English-like sentences, random words, or random tokens of the vocabulary. */
export const promptStyles = ['english', 'words', 'token-ids'] as const
export type PromptStyle = (typeof promptStyles)[number]

/** An input and an output length that belong together. */
export interface LengthPair {
  readonly prompt: number
  readonly output: number
  /** How often it is drawn, relative to the others. */
  readonly weight: number
}

/** One level of shared beginnings: below each beginning of the level above there are `pool` of them. */
export interface PrefixLevel {
  readonly tokens: number
  readonly pool: number
}

/** What a workload promises about a server's prefix cache. */
export type CacheContract =
  /** Nothing can be reused: every prompt is its own from the first word on. */
  | { readonly kind: 'cold' }
  /** The shared beginnings are in the cache before the measured phase. */
  | { readonly kind: 'warm' }
  /** So much of all prompt tokens can be served from the cache. */
  | { readonly kind: 'hit-rate'; readonly share: number }

/** Which answers a conversation goes on from: those of its file, or the ones the server just gave. */
export const histories = ['recorded', 'live'] as const
export type History = (typeof histories)[number]

/** What is taken of recorded conversations. */
export const takes = ['turns', 'first-turn', 'conversations'] as const
export type Take = (typeof takes)[number]

/** Steps of the ladder, named after the tokens they roughly have. */
export const ladderSteps = ['5', '25', '50', '100', '500', '1k', '2k'] as const
export type LadderStep = (typeof ladderSteps)[number]

/** Part of a trace that is replayed, in seconds after its first request. */
export interface TraceWindow {
  readonly fromS: number
  /** Absent: to the end. */
  readonly toS?: number
}

/** Files whose requests are single texts or chats; the reader differs, the rows do not. */
export const rowFiles = ['jsonl', 'parquet', 'csv', 'hf-folder'] as const
/** Recorded arrivals with lengths; see docs/workloads.md for each format. */
export const traceFormats = ['mooncake', 'burstgpt', 'azure-trace', 'bailian', 'trace-csv'] as const

interface FileSource {
  readonly path: string
  /** Instead of the file's own output lengths, where those are not told otherwise. */
  readonly output?: LengthDistribution
}

/** Where requests come from; one variant per file in workloads/. */
export type WorkloadSource =
  | {
      readonly kind: 'synthetic'
      readonly prompt: LengthDistribution
      readonly output: LengthDistribution
      readonly style?: PromptStyle
      /** Drawn instead of `prompt` and `output`. */
      readonly pairs?: readonly LengthPair[]
    }
  | {
      readonly kind: 'shared-prefix'
      /** The whole prompt, shared beginning included. */
      readonly prompt: LengthDistribution
      readonly output: LengthDistribution
      readonly levels: readonly PrefixLevel[]
      readonly cache: CacheContract
      /** Text of the user's that opens every prompt: another salt, another cache. */
      readonly salt?: string
      /** Whether the shared beginning is the system message of a chat. */
      readonly system?: boolean
    }
  | {
      readonly kind: 'synthetic-conversations'
      /** Each turn of the user. */
      readonly prompt: LengthDistribution
      readonly output: LengthDistribution
      /** Turns of a conversation. */
      readonly turns: LengthDistribution
      readonly history?: History
      readonly thinkMs?: number
    }
  | {
      readonly kind: 'ladder'
      readonly steps: readonly LadderStep[]
      readonly style: 'questions' | 'words'
      readonly output: LengthDistribution
    }
  | { readonly kind: 'sample'; readonly output?: LengthDistribution }
  | ({
      readonly kind: (typeof rowFiles)[number]
      /** Our field → the file's. */
      readonly columns?: Readonly<Record<string, string>>
      /** Of a folder: files whose names begin with it. */
      readonly split?: string
    } & FileSource)
  | ({ readonly kind: 'openai-batch' | 'bodies' | 'tinystories' } & FileSource)
  | ({ readonly kind: 'cnn-dailymail'; readonly instruction?: string } & FileSource)
  | ({
      readonly kind: 'longbench'
      /** Lengths of prompts in tokens, both ends included; absent: all. */
      readonly bands?: readonly (readonly [from: number, to: number])[]
    } & FileSource)
  | ({
      readonly kind: 'sharegpt'
      readonly take: Take
      /** Conversations drawn from the file, in its order; absent: all. */
      readonly pick?: number
      readonly history?: History
      readonly thinkMs?: number
    } & FileSource)
  | ({ readonly kind: 'conversations'; readonly history?: History; readonly thinkMs?: number } & FileSource)
  | ({
      readonly kind: (typeof traceFormats)[number]
      readonly window?: TraceWindow
      /** Factor on all gaps between arrivals: 0.5 replays twice as fast. */
      readonly timeScale?: number
    } & FileSource)
  /** A file that `assay workload freeze` wrote. */
  | { readonly kind: 'frozen'; readonly path: string; readonly output?: undefined }

export type SourceKind = WorkloadSource['kind']

/** Every source, in the order of the documentation. */
export const sourceKinds = [
  'synthetic',
  'shared-prefix',
  'synthetic-conversations',
  'ladder',
  'sample',
  'jsonl',
  'parquet',
  'csv',
  'hf-folder',
  'sharegpt',
  'conversations',
  'tinystories',
  'cnn-dailymail',
  'longbench',
  'openai-batch',
  'bodies',
  'mooncake',
  'burstgpt',
  'azure-trace',
  'bailian',
  'trace-csv',
  'frozen',
] as const satisfies readonly SourceKind[]
