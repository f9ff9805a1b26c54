import { AssayError } from '../model/errors.ts'
import { type DistributionTiming, distributionTiming } from './timing/distribution.ts'
import { type FixedTiming, fixedTiming } from './timing/fixed.ts'
import { type ReplayTiming, replayTiming } from './timing/replay.ts'
import type { TimingModel } from './timing/timing-model.ts'

/** When events are due. */
export type Timing = FixedTiming | DistributionTiming | ReplayTiming

/** Throws `reference-option` for an unknown kind, and for what a kind cannot be made of. */
export async function timingModel(timing: Timing, seed: number): Promise<TimingModel> {
  switch (timing.kind) {
    case 'fixed':
      return fixedTiming(timing)
    case 'distribution':
      return distributionTiming(timing, seed)
    case 'replay':
      return replayTiming(timing)
    default: {
      const { kind } = timing satisfies never as Timing
      throw new AssayError('reference-option', `The reference server's timing is "${String(kind)}".`, {
        hint: 'Known: fixed, distribution, replay.',
      })
    }
  }
}
