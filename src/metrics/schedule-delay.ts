import type { RequestMetric } from '../model/metric.ts'
import { nsPerMs } from './instants.ts'

/** How late the client itself was. */
export const scheduleDelay: RequestMetric = {
  kind: 'request',
  id: 'schedule-delay',
  title: 'Schedule delay of the client',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'Instant the client took a request up − instant its schedule wanted it sent, of every request an open loop took up, whatever became of it. It says how well the client kept its own schedule; the target has no part in it.',
  from: ['intended'],
  collect(record, _from, into) {
    if (record.dispatchedNs !== undefined && record.intendedNs !== undefined) {
      into.push((record.dispatchedNs - record.intendedNs) / nsPerMs)
    }
  },
}
