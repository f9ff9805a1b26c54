import type { FrozenWorkload, Request } from '../model/request.ts'
import type { TableReader } from '../model/table-reader.ts'
import type { Tokenizer } from '../model/tokenizer.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import type { SourceKind, WorkloadSource } from '../model/workload-source.ts'

/** What freezing a workload takes besides its spec. */
export interface FreezeOptions {
  readonly seed: number
  /** Requests of a source without end. A source that is a list gives the list, or its first `size`. */
  readonly count: number
  readonly tokenizer?: Tokenizer
  /** Reads Parquet and CSV; absent: sources that need it fail. */
  readonly tables?: TableReader
  /** Threads that make and count prompts, for tokenizers that can be loaded by their name; absent: none. */
  readonly threads?: number
}

/** What a source may use and tell. */
export interface SourceContext extends FreezeOptions {
  /** Tells what a reader of results must know. */
  notice(text: string): void
  /** States what the frozen workload is described by. */
  state(facts: WorkloadFacts): void
}

/** Facts about a workload that are not in its requests. */
export type WorkloadFacts = Pick<FrozenWorkload, 'cache'>

/** A workload spec whose source is of one kind, or of some that are alike. */
export type SpecOf<K extends SourceKind> = WorkloadSpec & { readonly source: Narrowed<WorkloadSource, K> }

type Narrowed<S, K> = S extends { readonly kind: infer All }
  ? [K] extends [All]
    ? Omit<S, 'kind'> & { readonly kind: K }
    : never
  : never

/** A request as its source gives it. */
export interface SourcedRequest extends Request {
  /** Of a trace: whole ns after the trace's first request. */
  readonly arrivalNs?: number
  /** Where it stands, for errors: `prompts.jsonl:7`. */
  readonly place?: string
}

export type Requests = Iterable<SourcedRequest> | AsyncIterable<SourcedRequest>

/**
 * Gives the requests of one kind of source, in order, `id` from 0, for as long as they are asked for; request i depends on
 * the spec, the seed and i alone. Notices are told by the end.
 */
export type Source<K extends SourceKind> = (spec: SpecOf<K>, context: SourceContext) => Requests
