import type { Arrival } from '../model/arrival.ts'
import type { Load, Pacing } from '../model/load.ts'
import { exponential } from '../random/distributions.ts'
import { makeRng, type Rng } from '../random/rng.ts'

const NS_PER_S = 1e9

type OpenPacing = Exclude<Pacing, { kind: 'concurrency' | 'users' }>

/**
 * The whole schedule of an open loop, in order: the warm-up's arrivals, then the measured phase's. Offsets are
 * ns after the load's start. The same load and seed give the same schedule, however many workers share it.
 */
export function* arrivals(load: Load & { readonly pacing: OpenPacing }, seed: number): Generator<Arrival> {
  const gap = gapsOf(load.pacing, makeRng(seed).split('arrivals'))
  let index = 0
  let atNs = gap.first
  const warmup = load.warmup
  if (warmup.requests !== undefined || warmup.durationS !== undefined) {
    const endNs = (warmup.durationS ?? Number.POSITIVE_INFINITY) * NS_PER_S
    while (atNs < endNs && index < (warmup.requests ?? Number.POSITIVE_INFINITY)) {
      yield { index: index++, phase: 0, offsetNs: Math.round(atNs) }
      atNs += gap.next()
    }
  }
  const startNs = measureStartNs(load, atNs)
  const endNs = startNs + (load.until.durationS ?? Number.POSITIVE_INFINITY) * NS_PER_S
  const last = index + (load.until.requests ?? Number.POSITIVE_INFINITY)
  while (atNs < endNs && index < last) {
    yield { index: index++, phase: 1, offsetNs: Math.round(atNs) }
    atNs += gap.next()
  }
}

/** The measured phase begins when the warm-up's time is over, or else with its own first arrival. */
function measureStartNs(load: Load, firstArrivalNs: number): number {
  if (load.warmup.durationS !== undefined && load.warmup.requests === undefined) {
    return load.warmup.durationS * NS_PER_S
  }
  return load.warmup.requests === undefined ? 0 : firstArrivalNs
}

/** First instant and gaps of a process, in ns. */
function gapsOf(pacing: OpenPacing, rng: Rng): { readonly first: number; next(): number } {
  switch (pacing.kind) {
    case 'burst':
      return { first: 0, next: () => 0 }
    case 'constant': {
      const gapNs = NS_PER_S / pacing.ratePerSecond
      return { first: 0, next: () => gapNs }
    }
    case 'poisson': {
      const next = () => exponential(rng, NS_PER_S / pacing.ratePerSecond)
      return { first: next(), next }
    }
    default:
      return pacing satisfies never
  }
}
