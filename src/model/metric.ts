import type { RequestRecord } from './record.ts'

/** What a request metric is measured from. `phase` is for rates over the measured window. */
export type MeasuredFrom = 'sent' | 'intended' | 'phase'
export type Unit = 'ms' | 'tokens' | 'tokens/s' | 'requests/s' | 'requests' | 'ratio'
/** `request`: one client stream. `system`: all of them together. `gpu`: system over declared GPUs. */
export type Scope = 'request' | 'system' | 'gpu'

interface MetricHead {
  /** Kebab-case, the same in results, CSV, docs and UI: `ttft`, `output-tokens-per-second-system`. */
  readonly id: string
  /** Heading for people, scope and direction included where they could be mistaken. */
  readonly title: string
  readonly unit: Unit
  readonly better: 'lower' | 'higher' | 'neither'
  readonly scope: Scope
  /** The definition in words, with its source where it has one. */
  readonly formula: string
  /** The token counts it is made of, whose source its results state; absent: none. */
  readonly counts?: readonly ('input' | 'output')[]
}

/** A definition over one record: zero, one or many values (ITL has one a gap). */
export interface RequestMetric extends MetricHead {
  readonly kind: 'request'
  readonly from: readonly ('sent' | 'intended')[]
  /** Appends this record's values; appends nothing when it has none. */
  collect(record: RequestRecord, from: 'sent' | 'intended', into: number[]): void
}

/** What happened inside the measured window, whatever phase began it. */
export interface PhaseWindow {
  /** Ns since the epoch: the start of the phase, as scheduled (open loop) or by its first dispatch. */
  readonly startNs: number
  /** Ns since the epoch: start + duration when time ended the phase, else the end of its last record. */
  readonly endNs: number
}

/** A definition over a whole phase: one value or none. */
export interface PhaseMetric extends MetricHead {
  readonly kind: 'phase'
  value(
    records: readonly RequestRecord[],
    window: PhaseWindow,
    gpus: number | undefined,
  ): { readonly value: number; readonly n: number } | undefined
}

export type Metric = RequestMetric | PhaseMetric
