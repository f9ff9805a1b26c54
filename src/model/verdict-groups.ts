import { runLabel } from './finding-groups.ts'
import type { Report } from './report.ts'
import type { Verdict } from './verdict.ts'

/** Runs that carry the same stamp for the same reasons. */
export interface VerdictGroup {
  readonly verdict: Verdict['verdict']
  readonly reasons: readonly string[]
  /** The runs in words. */
  readonly runs: readonly string[]
}

const worstFirst = ['client-bound', 'degraded', 'trusted'] as const

/** The report's verdicts, equal ones together, the worst first. */
export function verdictGroups(report: Report): VerdictGroup[] {
  const groups = new Map<string, VerdictGroup>()
  for (const { run, verdict, reasons } of report.verdicts) {
    const key = JSON.stringify([verdict, reasons])
    const runs = [...(groups.get(key)?.runs ?? []), runLabel(report, run)]
    groups.set(key, { verdict, reasons, runs })
  }
  return worstFirst.flatMap((verdict) => [...groups.values()].filter((group) => group.verdict === verdict))
}
