import type { Request } from '../model/request.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSource, WorkloadSpec } from '../model/workload.ts'

/** What freezing a workload takes besides its spec. */
export interface FreezeOptions {
  readonly seed: number
  /** Requests of a source without end. A source that is a list gives the list, or its first `size`. */
  readonly count: number
  readonly tokenizer?: Tokenizer
}

/** A workload spec whose source is of one kind. */
export type SpecOf<K extends WorkloadSource['kind']> = WorkloadSpec & {
  readonly source: Extract<WorkloadSource, { kind: K }>
}

/** The requests of a workload, in order, `id` from 0. */
export interface SourceResult {
  readonly requests: readonly Request[]
  /** What a reader of results must know. */
  readonly notices: readonly string[]
}

/** Makes the requests of one kind of source; request i depends on the spec, the seed and i alone. */
export type Source<K extends WorkloadSource['kind']> = (
  spec: SpecOf<K>,
  options: FreezeOptions,
) => SourceResult | Promise<SourceResult>
