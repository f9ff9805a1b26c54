import type { WorkloadSource } from './workload-source.ts'

/** `exact` forces the length where the dialect can (ignore_eos); `up-to` lets the model stop. */
export type OutputMode = 'exact' | 'up-to'

/** Sampling settings sent with every request, in nobody's dialect; absent ones are left to the server. */
export interface Sampling {
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly minP?: number
  readonly repetitionPenalty?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  /** Width of a beam search. */
  readonly beams?: number
  /** Answers to each prompt. */
  readonly n?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  /** Log-probabilities of this many alternatives a token. */
  readonly logprobs?: number
  /** Whether the server puts its BOS (and the like) before a text prompt. */
  readonly addSpecialTokens?: boolean
  /** Whether special tokens are left out of the text. */
  readonly skipSpecialTokens?: boolean
}

/** Every sampling setting, in the order in which requests state them. */
export const samplingKeys = [
  'temperature',
  'topP',
  'topK',
  'minP',
  'repetitionPenalty',
  'presencePenalty',
  'frequencyPenalty',
  'beams',
  'n',
  'seed',
  'stop',
  'logprobs',
  'addSpecialTokens',
  'skipSpecialTokens',
] as const satisfies readonly (keyof Sampling)[]

/** What a request holds, whatever its source gave. */
export const promptModes = ['chat', 'templated', 'raw', 'token-ids'] as const
export type PromptMode = (typeof promptModes)[number]

export interface WorkloadSpec {
  readonly name: string
  readonly source: WorkloadSource
  readonly outputMode: OutputMode
  readonly sampling: Sampling
  /** Absent: what the source gives. */
  readonly promptMode?: PromptMode
  /** Absent: one. */
  readonly promptsPerRequest?: number
  /** Names a tokenizer (see tokenizers/); absent: lengths are approximate. */
  readonly tokenizer?: string
  /** Requests to freeze; absent: as many as the load needs. */
  readonly size?: number
  /** Longest input and output together, and what becomes of requests over it; absent: no limit. */
  readonly context?: { readonly tokens: number; readonly over: OverContext }
}

/** What becomes of a request that does not fit into the context. */
export const overContext = ['refuse', 'skip', 'cut'] as const
export type OverContext = (typeof overContext)[number]
