import type { Finding } from './finding.ts'
import type { MeasuredFrom, Metric, Scope, Unit } from './metric.ts'
import type { TokenSource } from './record.ts'
import type { Counts, HostInfo, RunEnd } from './run.ts'
import type { Verdict } from './verdict.ts'

/** Version of the shape below; readers check it. */
export const reportSchema = 'assay-report/1'

/** One number. Times in ms. */
export interface Result {
  readonly metric: string
  readonly from: MeasuredFrom
  readonly target: string
  readonly workload: string
  readonly load: string
  readonly phase: string
  readonly repeat: number | 'pooled'
  readonly stat: 'mean' | 'min' | 'max' | 'quantile' | 'value'
  /** 0..1, with stat `quantile`. */
  readonly q?: number
  /** Absent when withheld. */
  readonly value?: number
  readonly unit: Unit
  /** Values it was computed from. */
  readonly n: number
  /** 95 % order-statistic interval of a quantile. */
  readonly interval?: { readonly low: number; readonly high: number }
  /** Too few values for this quantile: how many it needs. */
  readonly withheld?: { readonly needs: number }
  /** For metrics made of token counts: where they come from; `mixed` when records differ. */
  readonly source?: TokenSource | 'mixed'
}

export interface ReportRun {
  readonly id: string
  /** Folder, relative to the report's. */
  readonly folder: string
  readonly target: string
  readonly workload: string
  readonly load: string
  readonly repeat: number
  /** ISO 8601 UTC. */
  readonly startedAt: string
  /** Length of the measured window. */
  readonly measuredS?: number
  readonly ended: RunEnd
  readonly endedReason?: string
  readonly counts: Readonly<Record<string, Counts>>
  readonly workloadSha256: string
  readonly repeatCommand: string
}

export interface ReportTarget {
  readonly name: string
  readonly model: string
  readonly dialect: string
  readonly urls: readonly string[]
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
  readonly gpus?: number
  /** Must be shown wherever this target's numbers are. */
  readonly notices: readonly string[]
}

export interface ReportLoad {
  readonly name: string
  /** One line for people: "8 at a time, 200 requests". */
  readonly description: string
  readonly loop: 'open' | 'closed'
}

export interface ReportWorkload {
  readonly name: string
  readonly description: string
  readonly notices: readonly string[]
}

/** Failed requests of one run that failed alike. */
export interface ErrorGroup {
  readonly run: string
  readonly kind: string
  readonly status?: number
  /** The message of the first one. Hostile text: escape it. */
  readonly example: string
  readonly n: number
}

/** A curve for the figures. `x` and `y` have equal length. */
export interface Series {
  readonly run: string
  /** `ttft-cdf`, `itl-cdf`, `tpot-cdf`, `e2e-cdf` (x: ms, y: share 0..1); `requests-per-second`,
   * `output-tokens-per-second`, `in-flight` (x: s since the measured phase began; negative in the warm-up). */
  readonly id: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** A metric's definition as data, for readers of results. */
export interface MetricInfo {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly better: Metric['better']
  readonly scope: Scope
  readonly formula: string
}

/** report.json: what we conclude, as data. Renderers only draw it. */
export interface Report {
  readonly schema: typeof reportSchema
  readonly assay: string
  /** ISO 8601 UTC. */
  readonly created: string
  readonly study: { readonly name: string; readonly seed: number; readonly repeats: number }
  readonly runs: readonly ReportRun[]
  readonly targets: readonly ReportTarget[]
  readonly workloads: readonly ReportWorkload[]
  readonly loads: readonly ReportLoad[]
  readonly metrics: readonly MetricInfo[]
  readonly results: readonly Result[]
  readonly findings: readonly Finding[]
  readonly verdicts: readonly Verdict[]
  readonly errors: readonly ErrorGroup[]
  readonly series: readonly Series[]
  readonly host: HostInfo
}
