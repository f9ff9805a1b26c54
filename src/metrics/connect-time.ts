import type { RequestMetric } from '../model/metric.ts'
import { nsPerMs } from './instants.ts'

/** Time to a connection of its own. */
export const connectTime: RequestMetric = {
  kind: 'request',
  id: 'connect-time',
  title: 'Connect time',
  unit: 'ms',
  better: 'lower',
  scope: 'request',
  formula:
    'Instant a new connection was ready − instant the client took the request up, of every request that needed one, whatever became of it. It comes before `sent` and is no part of `ttft` from `sent`. Connections made before the load begins have none.',
  from: ['sent'],
  collect(record, _from, into) {
    if (record.connectedNs !== undefined && record.dispatchedNs !== undefined) {
      into.push((record.connectedNs - record.dispatchedNs) / nsPerMs)
    }
  },
}
