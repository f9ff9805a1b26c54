import { buildWarning } from '../../model/build-notice.ts'
import type { Finding } from '../../model/finding.ts'
import type { Run } from '../../model/run.ts'

/** Engines whose making warned: one finding for each target. */
export function buildWarnings(runs: readonly Run[]): Finding[] {
  const byTarget = new Map<string, Set<string>>()
  for (const { cell, target } of runs) {
    for (const notice of target.notices) {
      const warning = buildWarning(notice)
      if (warning === undefined) continue
      const { name } = cell.target
      byTarget.set(name, (byTarget.get(name) ?? new Set<string>()).add(warning))
    }
  }
  return [...byTarget].map(([name, warnings]) => ({
    code: 'build-warned',
    severity: 'warning',
    message: `Target ${name} was built with ${warnings.size} ${warnings.size === 1 ? 'warning' : 'warnings'}: ${[...warnings].join(' | ')}`,
    advice:
      'Read what they say of number types, lengths and batch sizes: the engine may not be the one that was meant.',
  }))
}
