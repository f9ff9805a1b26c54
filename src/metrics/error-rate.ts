import type { PhaseMetric } from '../model/metric.ts'
import { measuredPhase } from './measured-phase.ts'

/** Share of requests that were not served. */
export const errorRate: PhaseMetric = {
  kind: 'phase',
  id: 'error-rate',
  title: 'Share of requests failed or dropped',
  unit: 'ratio',
  better: 'lower',
  scope: 'system',
  formula:
    '(failed + dropped) / planned requests of the measured phase, 0 to 1. Dropped are arrivals an open loop did not send because too many requests were in flight. Requests cancelled at the end of the run are no errors.',
  value(records) {
    let planned = 0
    let bad = 0
    for (const { phase, outcome } of records) {
      if (phase !== measuredPhase) continue
      planned++
      if (outcome.kind === 'failed' || outcome.kind === 'dropped') bad++
    }
    return planned === 0 ? undefined : { value: bad / planned, n: planned }
  },
}
