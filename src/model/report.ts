import type { Finding } from './finding.ts'
import type { MeasuredFrom, Metric, Scope, Unit } from './metric.ts'
import type { TokenSource } from './record.ts'
import type { Counts, HostInfo, RunEnd } from './run.ts'
import type { Verdict } from './verdict.ts'

/** Requests left out of latencies: those that an unhealthy client touched, or none. */
export type Exclude = 'nothing' | 'unhealthy'

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
  /** What the server or its recipe says of itself. */
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
  /** How Assay talks to it: transport, connections, options of the dialect, further fields of every body. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
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

/** One step of a cell's ledger. */
export interface LedgerStep {
  /** Kebab-case, in order of time: `client-wait`, `connect`, `send`, `headers`, `first-token`, `decode`, `tail`. */
  readonly step: string
  /** The metric with its quantiles. */
  readonly metric: string
  /** Requests in which it took place. */
  readonly n: number
  /** Its time over all requests of the ledger, those without it counted as 0: these add up. */
  readonly meanMs: number
  /** Of the mean end-to-end time, 0..1; absent when that is 0. */
  readonly share?: number
}

/** Where the time of a cell's completed requests went, repeats pooled. Steps that never took place are not listed. */
export interface Ledger {
  readonly target: string
  readonly workload: string
  readonly load: string
  readonly requests: number
  /** Mean end-to-end time, from the planned instant (open loop) or from when the client took the request up. */
  readonly meanMs: number
  readonly steps: readonly LedgerStep[]
}

/**
 * Little's law (1961) over the measured window of one run: mean requests in flight = arrivals per second × mean time
 * in flight. By the records alone it holds but for requests cut by the edges of the window, so that the client's own
 * count of what is in flight, where there is one, is held against them.
 */
export interface LittlesLaw {
  readonly run: string
  readonly id: 'littles-law'
  readonly arrivalsPerSecond: number
  /** From dispatch to the end, whatever became of the request. */
  readonly meanTimeMs: number
  /** Arrivals per second × mean time. */
  readonly product: number
  /** Mean over the window, by the records: product + carriedIn − carriedOut. */
  readonly inFlight: number
  /** What requests that began before the window add to its mean. */
  readonly carriedIn: number
  /** What the product counts of requests after the window ended. */
  readonly carriedOut: number
  /** The client's own count about once a second; absent when nothing was watched. */
  readonly counted?: {
    /** Of all workers. */
    readonly readings: number
    /** Mean over the readings, workers added up. */
    readonly inFlight: number
    /** The same mean by the records, at the same instants: it has no error of sampling. */
    readonly byRecords: number
    /** How far the two may be apart. */
    readonly tolerance: number
  }
  readonly holds: boolean
}

/** What a server counted of one run, the warm-up included, beside what Assay counted of its completed requests. */
export interface ServerCounter {
  readonly run: string
  readonly counter: 'requests-finished' | 'prompt-tokens' | 'generated-tokens'
  /** Absent when some replies have no count. */
  readonly ours?: number
  /** Where our count comes from. */
  readonly source?: TokenSource | 'mixed'
  /** How much the server's counter grew; absent when nobody can say. */
  readonly server?: number
  /** The server's less ours. */
  readonly difference?: number
  readonly state: 'agrees' | 'differs' | 'not-comparable' | 'restarted'
  /** Why the two cannot be compared. */
  readonly why?: string
}

/** What one of several endpoints of a target did in the measured phase of a run. */
export interface EndpointResult {
  readonly run: string
  readonly url: string
  /** Sent to it. */
  readonly requests: number
  readonly completed: number
  readonly ttftP50Ms?: number
  readonly itlP50Ms?: number
  /** Absent when some replies have no count. */
  readonly outputTokensPerSecond?: number
}

/** What a target took more than the study's first one for the same requests: medians with 95 % intervals. */
export interface Difference {
  readonly target: string
  /** The study's first target. */
  readonly against: string
  readonly workload: string
  readonly load: string
  readonly metric: string
  readonly unit: Unit
  /** Requests that have a value with both. */
  readonly pairs: number
  /** Median of (target − against) over the pairs. */
  readonly value: number
  readonly interval: { readonly low: number; readonly high: number }
  /** Of target ÷ against; absent when too few were above 0. */
  readonly ratio?: {
    readonly value: number
    readonly interval: { readonly low: number; readonly high: number }
  }
}

/** A test of the data against itself. */
export type Check = LittlesLaw

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
  readonly ledgers: readonly Ledger[]
  readonly checks: readonly Check[]
  /** Empty when no server has a metrics page. */
  readonly serverCounters: readonly ServerCounter[]
  /** Empty for a study of one target. */
  readonly differences: readonly Difference[]
  /** Of targets with several. */
  readonly endpoints: readonly EndpointResult[]
  readonly host: HostInfo
}
