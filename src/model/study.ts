import type { Load } from './load.ts'
import type { Target } from './target.ts'
import type { WorkloadSpec } from './workload.ts'

/** How much of what a server answered is kept, per request and at most 64 KiB. */
export type Capture = 'none' | 'text' | 'raw'

/** A matrix targets × workloads × loads × repeats, defaults filled in. Each cell is one run. */
export interface Study {
  readonly name: string
  readonly seed: number
  readonly targets: readonly Target[]
  readonly workloads: readonly WorkloadSpec[]
  readonly loads: readonly Load[]
  readonly repeats: number
  readonly capture: Capture
  /** Safety stops; absent means no limit. */
  readonly limits: {
    /** Output tokens a run may receive before it stops sending. */
    readonly maxTokensTotal?: number
    /** Share (0..1) of failed requests, after the first 20, at which a run stops. */
    readonly abortOnErrors?: number
  }
}

/** One cell of a study. */
export interface Cell {
  readonly target: Target
  readonly workload: WorkloadSpec
  readonly load: Load
  /** Counted from 0. */
  readonly repeat: number
}
