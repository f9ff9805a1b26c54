import type { Finding } from './finding.ts'
import type { Report } from './report.ts'

/** Findings of one kind: the doubt in each place it was found, and the advice once. */
export interface FindingGroup {
  readonly code: string
  readonly severity: Finding['severity']
  readonly advice: string
  readonly found: readonly { readonly where: string; readonly message: string }[]
}

/** A run in words: "vllm / short-chat / steady", with the repeat (from 1) where the study has several. */
export function runLabel(report: Report, id: string): string {
  const run = report.runs.find((candidate) => candidate.id === id)
  if (run === undefined) return id
  const names = [run.target, ...(report.workloads.length > 1 ? [run.workload] : []), run.load]
  const repeat = report.study.repeats > 1 ? `, repeat ${run.repeat + 1}` : ''
  return `${names.join(' / ')}${repeat}`
}

/** The report's findings by kind, in the report's order; `where` is "study" for those of no single run. */
export function findingGroups(report: Report): FindingGroup[] {
  const groups = new Map<string, FindingGroup>()
  for (const { code, severity, advice, message, run } of report.findings) {
    const key = JSON.stringify([severity, code, advice])
    const where = run === undefined ? 'study' : runLabel(report, run)
    const found = [...(groups.get(key)?.found ?? []), { where, message }]
    groups.set(key, { code, severity, advice, found })
  }
  return [...groups.values()]
}
