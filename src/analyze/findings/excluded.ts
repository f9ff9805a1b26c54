import { measuredPhase } from '../../metrics/measured-phase.ts'
import type { Finding } from '../../model/finding.ts'
import type { RunData } from '../../model/run-data.ts'
import { outOf } from './run-check.ts'

/** Says what `exclude: 'unhealthy'` left out of a run's latencies; nothing when that was nothing. */
export function excludedRequests({ run, records }: RunData, excluded: number): Finding[] {
  if (excluded === 0) return []
  const measured = records.filter(({ phase }) => phase === measuredPhase).length
  return [
    {
      code: 'excluded-requests',
      severity: 'note',
      run: run.id,
      message: `${outOf(excluded, measured)} measured requests were under way while their load thread was unhealthy and are left out of latencies and speeds of single requests; rates, errors and counts include them.`,
      advice:
        'Long requests meet an unhealthy second more often than short ones: compare with the report of all requests, and repeat the run on a quiet client if they differ.',
    },
  ]
}
