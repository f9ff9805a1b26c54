import { metrics } from '../metrics/index.ts'
import { AssayError } from '../model/errors.ts'
import { isOpen } from '../model/load.ts'
import type { RequestRecord } from '../model/record.ts'
import {
  type Exclude,
  type Report,
  type ReportLoad,
  type ReportRun,
  type ReportTarget,
  type ReportWorkload,
  reportSchema,
} from '../model/report.ts'
import type { Run } from '../model/run.ts'
import type { RunData } from '../model/run-data.ts'
import { countRecords } from './counts.ts'
import { describeLoad, describeWorkload } from './describe.ts'
import { differencesOf } from './differences.ts'
import { endpointsOf } from './endpoints.ts'
import { errorGroups } from './error-groups.ts'
import { excludedRequests } from './findings/excluded.ts'
import { findingsOf } from './findings/index.ts'
import { touchedByUnhealthy } from './health/touched.ts'
import { ledgersOf } from './ledger.ts'
import { littlesLawFindings, littlesLawOf } from './littles-law.ts'
import { type MeasuredRun, measureRun } from './measure.ts'
import { resultsOf } from './results.ts'
import { seriesOf } from './series.ts'
import { serverCounterFindings, serverCountersOf } from './server-counters.ts'
import { verdictOf } from './verdict.ts'

/** What a report states beside its runs. */
export interface ReportHead {
  /** Version of Assay that makes the report. */
  readonly assay: string
  /** ISO 8601 UTC. */
  readonly created: string
  readonly study: { readonly name: string; readonly seed: number; readonly repeats: number }
}

/** What may be changed about how a report concludes. */
export interface AnalyzeOptions {
  /** `unhealthy`: latencies leave out the requests that an unhealthy second of the client touched. */
  readonly exclude?: Exclude
}

function reportRun({ data, window }: MeasuredRun): ReportRun {
  const { run, folder, records } = data
  const { target, workload, load, repeat } = run.cell
  return {
    id: run.id,
    folder,
    target: target.name,
    workload: workload.name,
    load: load.name,
    repeat,
    startedAt: run.clock.epochWall,
    ...(window === undefined ? {} : { measuredS: (window.endNs - window.startNs) / 1e9 }),
    ended: run.ended ?? 'crashed',
    ...(run.endedReason === undefined ? {} : { endedReason: run.endedReason }),
    counts: run.counts ?? countRecords(records),
    workloadSha256: run.workload.sha256,
    repeatCommand: run.repeatCommand,
  }
}

function reportTarget(name: string, runs: readonly Run[]): ReportTarget[] {
  const own = runs.filter((run) => run.cell.target.name === name)
  const [first] = own
  if (first === undefined) return []
  const { model, dialect, urls, engineInfo, connections } = first.target
  const { gpus, transport, dialectOptions, body } = first.cell.target
  return [
    {
      name,
      model,
      dialect,
      urls,
      engineInfo,
      settings: {
        transport,
        connections,
        ...plain('dialect.', dialectOptions),
        ...plain('body.', body),
      },
      ...(gpus === undefined ? {} : { gpus }),
      notices: unique(own.flatMap((run) => run.target.notices)),
    },
  ]
}

/** Fields of any kind as values that a table can show. */
function plain(prefix: string, fields: Readonly<Record<string, unknown>>): ReportTarget['settings'] {
  const entries = Object.entries(fields).map(([name, value]) => [
    prefix + name,
    ['string', 'number', 'boolean'].includes(typeof value) ? value : JSON.stringify(value),
  ])
  return Object.fromEntries(entries) as ReportTarget['settings']
}

function reportWorkload(name: string, runs: readonly Run[]): ReportWorkload[] {
  const own = runs.filter((run) => run.cell.workload.name === name)
  const [first] = own
  return first === undefined
    ? []
    : [
        {
          name,
          description: describeWorkload(first.cell.workload),
          notices: unique(own.flatMap((run) => run.workload.notices)),
        },
      ]
}

function reportLoad(name: string, runs: readonly Run[]): ReportLoad[] {
  const load = runs.find((run) => run.cell.load.name === name)?.cell.load
  return load === undefined
    ? []
    : [{ name, description: describeLoad(load), loop: isOpen(load.pacing) ? 'open' : 'closed' }]
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** Runs of the same target, workload and load together, in the order they first appear. */
function byCell(runs: readonly MeasuredRun[]): MeasuredRun[][] {
  const cells = new Map<string, MeasuredRun[]>()
  for (const run of runs) {
    const { target, workload, load } = run.data.run.cell
    const key = JSON.stringify([target.name, workload.name, load.name])
    cells.set(key, [...(cells.get(key) ?? []), run])
  }
  return [...cells.values()]
}

/**
 * Concludes: results per repeat and pooled, findings, error groups and curves of the runs of one study. Pure; the same
 * runs give the same report. Throws AssayError `no-runs` when there is nothing to conclude from.
 */
export function analyze(
  runs: readonly RunData[],
  head: ReportHead,
  { exclude }: AnalyzeOptions = {},
): Report {
  const [first] = runs
  if (first === undefined) {
    throw new AssayError('no-runs', 'There are no runs to report on.', {
      hint: 'Name a folder that holds runs of a study, or run one first.',
    })
  }
  const excluded = runs.map((data) =>
    exclude === 'unhealthy' ? touchedByUnhealthy(data) : new Set<RequestRecord>(),
  )
  const measured = runs.map((data, i) => measureRun(data, excluded[i]))
  const results = byCell(measured).flatMap(resultsOf)
  const checks = measured.flatMap(littlesLawOf)
  const serverCounters = runs.flatMap(serverCountersOf)
  const left = runs.flatMap((data, i) => excludedRequests(data, excluded[i]?.size ?? 0))
  const findings = findingsOf(runs, results, [
    ...littlesLawFindings(checks),
    ...serverCounterFindings(serverCounters),
    ...left,
  ])
  const study = runs.map((data) => data.run)
  return {
    schema: reportSchema,
    assay: head.assay,
    created: head.created,
    study: head.study,
    runs: measured.map(reportRun),
    targets: unique(study.map((run) => run.cell.target.name)).flatMap((name) => reportTarget(name, study)),
    workloads: unique(study.map((run) => run.cell.workload.name)).flatMap((name) =>
      reportWorkload(name, study),
    ),
    loads: unique(study.map((run) => run.cell.load.name)).flatMap((name) => reportLoad(name, study)),
    metrics: metrics.map(({ id, title, unit, better, scope, formula }) => ({
      id,
      title,
      unit,
      better,
      scope,
      formula,
    })),
    results,
    findings,
    verdicts: runs.map((data) => verdictOf(data, findings)),
    errors: runs.flatMap((data) => errorGroups(data.run.id, data.records)),
    series: measured.flatMap(seriesOf),
    ledgers: ledgersOf(results),
    checks,
    serverCounters,
    differences: differencesOf(runs),
    endpoints: measured.flatMap(endpointsOf),
    host: first.run.host,
  }
}
