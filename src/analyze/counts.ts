import { phases } from '../model/load.ts'
import type { Outcome, RequestRecord } from '../model/record.ts'
import type { Counts } from '../model/run.ts'

type Tally = { [kind in Outcome['kind']]: number }

/** Requests by phase name and outcome, counted from records. Phases without records are absent. */
export function countRecords(records: readonly RequestRecord[]): Readonly<Record<string, Counts>> {
  const tallies = phases.map((): Tally => ({ completed: 0, failed: 0, cancelled: 0, dropped: 0 }))
  for (const { phase, outcome } of records) {
    const tally = tallies[phase]
    if (tally !== undefined) tally[outcome.kind]++
  }
  const counts: Record<string, Counts> = {}
  phases.forEach((name, phase) => {
    const tally = tallies[phase]
    if (tally === undefined) return
    const planned = tally.completed + tally.failed + tally.cancelled + tally.dropped
    if (planned > 0) counts[name] = { planned, ...tally }
  })
  return counts
}
