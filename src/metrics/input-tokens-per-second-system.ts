import type { PhaseMetric } from '../model/metric.ts'
import { inputTokensInside, perSecond, totalInside } from './delivery.ts'

/** Input tokens per second of the whole target. */
export const inputTokensPerSecondSystem: PhaseMetric = {
  kind: 'phase',
  id: 'input-tokens-per-second-system',
  title: 'Input tokens per second, all clients',
  unit: 'tokens/s',
  better: 'higher',
  scope: 'system',
  formula:
    'Input tokens of requests whose first token lies in the measured window / length of the window: a prompt counts, whole, when its first token shows that it was processed. Completed and cut requests count, failed ones do not; requests whose input nobody counted are left out. Tokens the server took from a prefix cache count too.',
  counts: ['input'],
  value: (records, window) => perSecond(totalInside(records, window, inputTokensInside), window),
}
