import type { Request } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSource, WorkloadSpec } from '../model/workload.ts'

export interface FreezeOptions {
  readonly seed: number
  /** Requests wanted; a source that holds fewer gives those. */
  readonly count: number
  readonly tokenizer?: Tokenizer
}

/** A workload spec whose source is of one kind. */
export type SpecOf<K extends WorkloadSource['kind']> = WorkloadSpec & {
  readonly source: Extract<WorkloadSource, { kind: K }>
}

export interface SourceResult {
  readonly requests: readonly Request[]
  /** What a reader of results must know. */
  readonly notices: readonly string[]
}
