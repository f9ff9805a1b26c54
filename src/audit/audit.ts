import type { ErrorSummary } from '../model/calibration.ts'
import type { Finding } from '../model/finding.ts'
import type { Lateness } from '../model/truth.ts'
import type { Difference } from './differences.ts'
import type { ReaderName } from './readers/index.ts'
import type { CommandEnd } from './run-command.ts'
import type { TruthFigures } from './truth-figures.ts'
import type { Usage } from './usage.ts'

/** Version of the shape below; readers check it. */
export const auditSchema = 'assay-audit/1'

/** audit.json: what a client did to the numbers of a server whose numbers are known. */
export interface Audit {
  readonly schema: typeof auditSchema
  /** Version of Assay. */
  readonly assay: string
  /** ISO 8601 UTC. */
  readonly created: string
  /** The command as it was run, placeholders filled in. */
  readonly command: readonly string[]
  /** What the server was told to do: always simulated. */
  readonly simulated: { readonly ttftMs: number; readonly itlMs: number }
  readonly end: CommandEnd
  /** Whose result file was read; absent when none was. */
  readonly reader?: ReaderName
  readonly truth: TruthFigures
  /** Truth, report and the difference, a row a figure. */
  readonly differences: readonly Difference[]
  readonly usage: Usage
  /** All CPU over all events, start-up included; µs. */
  readonly cpuUsPerEvent?: number
  /** From the start of the command to the first request at the server. */
  readonly startToFirstRequestS?: number
  readonly wallS: number
  /** The server's own. */
  readonly lateness: Lateness
  /** Runs of Assay: errors of single stamps, joined by request id, ms. */
  readonly stamps?: {
    /** Stamp of an event − the server's write of it. */
    readonly event?: ErrorSummary
    /** TTFT of a request − the server's: the error of its first stamp, and how long the request was on its way. */
    readonly ttft?: ErrorSummary
    /** Arrival − sent: the way there, and how long a request lay at the server unread. */
    readonly arrival?: ErrorSummary
  }
  readonly findings: readonly Finding[]
}
