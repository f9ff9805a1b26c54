import type { PhaseMetric } from '../model/metric.ts'
import { outputTokensPerSecondSystem } from './output-tokens-per-second-system.ts'

/** Output tokens per second and declared GPU. */
export const outputTokensPerSecondGpu: PhaseMetric = {
  kind: 'phase',
  id: 'output-tokens-per-second-gpu',
  title: 'Output tokens per second and GPU',
  unit: 'tokens/s',
  better: 'higher',
  scope: 'gpu',
  formula:
    '`output-tokens-per-second-system` / the GPUs the target declares; absent when it declares none. Assay does not check the number.',
  counts: ['output'],
  value(records, window, gpus) {
    if (gpus === undefined || gpus <= 0) return undefined
    const system = outputTokensPerSecondSystem.value(records, window, gpus)
    return system === undefined ? undefined : { value: system.value / gpus, n: system.n }
  },
}
