import type { PhaseMetric } from '../model/metric.ts'
import { outputTokensInside, perSecond, totalInside } from './delivery.ts'

/** Output tokens per second of the whole target. */
export const outputTokensPerSecondSystem: PhaseMetric = {
  kind: 'phase',
  id: 'output-tokens-per-second-system',
  title: 'Output tokens per second, all clients',
  unit: 'tokens/s',
  better: 'higher',
  scope: 'system',
  formula:
    'Output tokens received inside the measured window / length of the window. A request that crosses an edge of the window counts with its output tokens × the share of its events’ tokens inside. Completed requests count, and what requests cut by the end of the run had received; failed ones do not.',
  counts: ['output'],
  value: (records, window) => perSecond(totalInside(records, window, outputTokensInside), window),
}
