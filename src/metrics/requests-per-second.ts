import type { PhaseMetric } from '../model/metric.ts'
import { isInside, perSecond } from './delivery.ts'
import { isCompleted } from './instants.ts'

/** Completed requests per second. */
export const requestsPerSecond: PhaseMetric = {
  kind: 'phase',
  id: 'requests-per-second',
  title: 'Completed requests per second, all clients',
  unit: 'requests/s',
  better: 'higher',
  scope: 'system',
  formula:
    'Completed requests whose end lies in the measured window / length of the window. Requests that the warm-up began count when they end inside; requests still in flight when the window closes do not.',
  value(records, window) {
    const n = records.filter((record) => isCompleted(record) && isInside(window, record.endNs)).length
    return perSecond({ value: n, n }, window)
  },
}
