import type { Sampling } from '../model/workload.ts'
import type { SamplingFields } from './request-fields.ts'

/**
 * Settings without those that only narrow a draw, when nothing is drawn, at temperature 0: TGI draws as soon as it is
 * told of one.
 */
export function withoutIdleFilters(sampling: Sampling): Sampling {
  if (sampling.temperature !== 0) return sampling
  const { topP: _, topK: __, ...others } = sampling
  return others
}

/** Temperature 0 is spelled `do_sample: false`: a temperature must be above 0. */
export const drawing = {
  temperature: (temperature) => (temperature === 0 ? { do_sample: false } : { do_sample: true, temperature }),
} as const satisfies SamplingFields
