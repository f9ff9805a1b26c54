import { runLabel } from './finding-groups.ts'
import type { Report } from './report.ts'
import type { Verdict } from './verdict.ts'
import { stampNumbers, worstFacts } from './verdict-text.ts'

/** Runs that carry the same stamp. */
export interface VerdictGroup {
  readonly verdict: Verdict['verdict']
  /** The stamp in numbers, each the worst of these runs. */
  readonly numbers: string
  /** The runs in words. */
  readonly runs: readonly string[]
  /** Every reason once, in order of the runs that have it first; `runs` is empty when all of them do. */
  readonly reasons: readonly { readonly reason: string; readonly runs: readonly string[] }[]
}

const worstFirst = ['client-bound', 'degraded', 'trusted'] as const

/** The report's verdicts, equal ones together, the worst first. */
export function verdictGroups(report: Report): VerdictGroup[] {
  return worstFirst.flatMap((verdict) => {
    const own = report.verdicts.filter((stamp) => stamp.verdict === verdict)
    if (own.length === 0) return []
    const reasons = new Map<string, string[]>()
    for (const { run, reasons: why } of own) {
      for (const reason of why) reasons.set(reason, [...(reasons.get(reason) ?? []), runLabel(report, run)])
    }
    return [
      {
        verdict,
        numbers: stampNumbers(worstFacts(own)),
        runs: own.map(({ run }) => runLabel(report, run)),
        reasons: [...reasons].map(([reason, runs]) => ({
          reason,
          runs: runs.length === own.length ? [] : runs,
        })),
      },
    ]
  })
}
