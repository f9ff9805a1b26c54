import { wallTime } from '../model/clock.ts'
import type { Lateness, Truth, TruthRequest } from '../model/truth.ts'
import { type Audit, auditSchema } from './audit.ts'
import { differences } from './differences.ts'
import type { Figures } from './figures.ts'
import { auditFindings } from './findings.ts'
import type { ResultFile } from './result-files.ts'
import type { RanCommand } from './run-command.ts'
import { truthFigures } from './truth-figures.ts'

/** Everything that an audit is made of. */
export interface AuditParts {
  /** Version of Assay. */
  readonly assay: string
  readonly words: readonly string[]
  readonly simulated: Audit['simulated']
  readonly ran: RanCommand
  readonly truth: Truth
  readonly lateness: Lateness
  /** Which requests count. */
  isMeasured(request: TruthRequest): boolean
  /** What the tool wrote; absent when nobody knows it. */
  readonly file?: ResultFile
  /** Figures given by hand; they win over the file's. */
  readonly byHand: Figures
  readonly stamps?: NonNullable<Audit['stamps']>
}

const NS_PER_S = 1e9
const US_PER_S = 1e6

/** Compares what a tool reports with what the server did. */
export function makeAudit(parts: AuditParts): Audit {
  const { ran, truth: log, lateness, file, byHand, stamps } = parts
  const truth = truthFigures(log, parts.isMeasured)
  const reported =
    file === undefined && Object.keys(byHand).length === 0 ? undefined : { ...file?.figures, ...byHand }
  const firstNs = log.requests[0]?.arrivalNs
  const usage = ran.usage.usage(firstNs)
  const events = log.requests.reduce((sum, { eventNs }) => sum + eventNs.length, 0)
  return {
    schema: auditSchema,
    assay: parts.assay,
    created: wallTime(),
    command: parts.words,
    simulated: parts.simulated,
    end: ran.end,
    ...(file === undefined ? {} : { reader: file.reader }),
    truth,
    differences: differences(truth.figures, reported ?? {}),
    usage,
    ...(usage.cpuS === undefined || events === 0 ? {} : { cpuUsPerEvent: (usage.cpuS * US_PER_S) / events }),
    ...(firstNs === undefined ? {} : { startToFirstRequestS: (firstNs - ran.startNs) / NS_PER_S }),
    wallS: (ran.endNs - ran.startNs) / NS_PER_S,
    lateness,
    ...(stamps === undefined ? {} : { stamps }),
    findings: auditFindings({
      truth,
      unlogged: log.unlogged,
      lateness,
      ...(reported === undefined ? {} : { reported }),
      notes: file?.notes ?? [],
    }),
  }
}
