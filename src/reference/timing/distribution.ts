import { AssayError } from '../../model/errors.ts'
import { requestIndexOf } from '../../model/truth.ts'
import { makeRng, type Rng } from '../../random/rng.ts'
import { draw, type Spread, spreadMistake } from './spread.ts'
import type { DueTimes, TimedRequest, TimingModel } from './timing-model.ts'

const NS_PER_MS = 1e6

/**
 * The time to the first event and each gap after it are drawn. A request's draws are decided by the seed and the
 * index in its `X-Request-Id`, or without one by its connection and its position there; never by timing.
 */
export interface DistributionTiming {
  readonly kind: 'distribution'
  readonly ttft: Spread
  readonly itl: Spread
}

/** Throws `reference-option` for a spread that is none. */
export function distributionTiming(timing: DistributionTiming, seed: number): TimingModel {
  for (const name of ['ttft', 'itl'] as const) {
    const mistake = spreadMistake(timing[name])
    if (mistake !== undefined) {
      throw new AssayError('reference-option', `The reference server's ${name} is unusable: ${mistake}`, {
        hint: 'Such as {"kind":"lognormal","median":50,"sigma":0.5}, in ms.',
      })
    }
  }
  const rng = makeRng(seed).split('reference timing')
  return {
    timeline: (request) => ({ due: drawnTimes(streamOf(rng, request), timing) }),
    reset() {},
  }
}

function streamOf(rng: Rng, { requestId, connection, position }: TimedRequest): Rng {
  const index = requestIndexOf(requestId)
  if (index !== undefined) return rng.split('request').split(`${index}`)
  return rng.split('connection').split(`${connection}`).split(`${position}`)
}

/** Draws as far as it is asked for; asked for an event before the last one, it draws the same again. */
function drawnTimes(rng: Rng, { ttft, itl }: DistributionTiming): DueTimes {
  let gaps: Rng | undefined
  let drawn = 0
  let dueNs = 0
  return (event) => {
    if (gaps === undefined || event < drawn) {
      gaps = rng.split('itl')
      drawn = 0
      dueNs = draw(ttft, rng.split('ttft')) * NS_PER_MS
    }
    for (; drawn < event; drawn++) dueNs += draw(itl, gaps) * NS_PER_MS
    return dueNs
  }
}
