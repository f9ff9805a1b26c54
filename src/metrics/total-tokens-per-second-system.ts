import type { PhaseMetric } from '../model/metric.ts'
import { inputTokensInside, outputTokensInside, perSecond, totalInside } from './delivery.ts'

/** Input and output tokens per second of the whole target. */
export const totalTokensPerSecondSystem: PhaseMetric = {
  kind: 'phase',
  id: 'total-tokens-per-second-system',
  title: 'Input and output tokens per second, all clients',
  unit: 'tokens/s',
  better: 'higher',
  scope: 'system',
  formula:
    '`input-tokens-per-second-system` + `output-tokens-per-second-system`. Input tokens are much cheaper than output tokens, so it compares only runs with the same workload.',
  counts: ['input', 'output'],
  value(records, window) {
    const input = totalInside(records, window, inputTokensInside)
    const output = totalInside(records, window, outputTokensInside)
    if (input === undefined || output === undefined) return undefined
    const n = totalInside(
      records,
      window,
      (record) => (inputTokensInside(record, window) ?? 0) + (outputTokensInside(record, window) ?? 0),
    )?.n
    return perSecond({ value: input.value + output.value, n: n ?? 0 }, window)
  },
}
