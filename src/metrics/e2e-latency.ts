import type { RequestMetric } from '../model/metric.ts'
import { isCompleted, nsPerMs, startOf } from './instants.ts'

/** End-to-end latency. */
export const e2eLatency: RequestMetric = {
  kind: 'request',
  id: 'e2e-latency',
  title: 'End-to-end latency',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'End of the reply (its last byte, after the closing chunk) − start, of completed requests; from `sent` or `intended` as for `ttft`. Tools that stop at the last chunk with text (AIPerf) report a little less.',
  from: ['sent', 'intended'],
  collect(record, from, into) {
    const start = startOf(record, from)
    if (isCompleted(record) && start !== undefined && record.endNs !== undefined) {
      into.push((record.endNs - start) / nsPerMs)
    }
  },
}
