import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Load, PhaseLimit } from '../model/load.ts'
import { arrivals } from './arrivals.ts'

type Open = Parameters<typeof arrivals>[0]

function load(pacing: Open['pacing'], until: PhaseLimit, warmup: PhaseLimit = {}): Open {
  const rest: Omit<Load, 'pacing'> = { name: 'x', until, warmup, drainS: 1, maxInFlight: 10 }
  return { ...rest, pacing }
}

/** Kolmogorov-Smirnov distance of gaps from the exponential distribution with this mean. */
function exponentialDistance(gaps: readonly number[], mean: number): number {
  const sorted = [...gaps].sort((a, b) => a - b)
  return Math.max(
    ...sorted.map((gap, i) => {
      const expected = 1 - Math.exp(-gap / mean)
      return Math.max(Math.abs(expected - i / sorted.length), Math.abs(expected - (i + 1) / sorted.length))
    }),
  )
}

test('a burst arrives at one instant', () => {
  const all = [...arrivals(load({ kind: 'burst', burst: 3 }, { requests: 3 }), 1)]
  expect(all.map(({ index, phase, offsetNs }) => [index, phase, offsetNs])).toEqual([
    [0, 1, 0],
    [1, 1, 0],
    [2, 1, 0],
  ])
})

test('a constant rate has equal gaps and begins at once', () => {
  const all = [...arrivals(load({ kind: 'constant', ratePerSecond: 4 }, { durationS: 1 }), 1)]
  expect(all.map((arrival) => arrival.offsetNs)).toEqual([0, 250e6, 500e6, 750e6])
})

describe('poisson', () => {
  const rate = 100
  const all = [...arrivals(load({ kind: 'poisson', ratePerSecond: rate }, { requests: 20_000 }), 7)]
  const gaps = all.map((arrival, i) => (arrival.offsetNs - (all[i - 1]?.offsetNs ?? 0)) / 1e9)

  test('gaps pass a Kolmogorov-Smirnov test against the exponential distribution', () => {
    // 1.63 / sqrt(n): the 1 % critical value for large n.
    expect(exponentialDistance(gaps, 1 / rate)).toBeLessThan(1.63 / Math.sqrt(gaps.length))
  })

  test('the rate is the asked one', () => {
    const seconds = (all.at(-1)?.offsetNs ?? 0) / 1e9
    expect(all.length / seconds / rate).toBeCloseTo(1, 1)
  })

  test('another seed gives another schedule, the same seed the same', () => {
    const make = (seed: number) => [
      ...arrivals(load({ kind: 'poisson', ratePerSecond: 5 }, { requests: 9 }), seed),
    ]
    expect(make(1)).toEqual(make(1))
    expect(make(1)).not.toEqual(make(2))
  })
})

describe('phases', () => {
  const constant = { kind: 'constant', ratePerSecond: 10 } as const
  const byPhase = (open: Open) => {
    const all = [...arrivals(open, 1)]
    return [0, 1].map((phase) =>
      all.filter((arrival) => arrival.phase === phase).map(({ offsetNs }) => offsetNs / 1e9),
    )
  }

  test('a warm-up by time comes first, and the measured time runs after it', () => {
    const [warmup, measure] = byPhase(load(constant, { durationS: 0.3 }, { durationS: 0.25 }))
    expect(warmup).toEqual([0, 0.1, 0.2])
    expect(measure).toEqual([0.3, 0.4, 0.5])
  })

  test('a warm-up by count hands over at the next arrival', () => {
    const [warmup, measure] = byPhase(load(constant, { requests: 2 }, { requests: 3 }))
    expect(warmup).toEqual([0, 0.1, 0.2])
    expect(measure?.map((at) => Math.round(at * 10))).toEqual([3, 4])
  })

  test('whichever limit is reached first ends the phase', () => {
    expect(byPhase(load(constant, { durationS: 1, requests: 3 }))[1]).toHaveLength(3)
    expect(byPhase(load(constant, { durationS: 0.2, requests: 30 }))[1]).toHaveLength(2)
  })
})

test('indices run from 0 without a gap and offsets never fall, for any load', () => {
  const pacing = fc.oneof(
    fc.record({
      kind: fc.constantFrom('constant', 'poisson'),
      ratePerSecond: fc.integer({ min: 1, max: 500 }),
    }),
    fc.constant({ kind: 'burst', burst: 20 } as const),
  )
  fc.assert(
    fc.property(
      pacing,
      fc.nat(50),
      fc.integer({ min: 1, max: 50 }),
      fc.nat(),
      (kind, warm, requests, seed) => {
        const all = [...arrivals(load(kind as Open['pacing'], { requests }, { requests: warm }), seed)]
        expect(all.map((arrival) => arrival.index)).toEqual(
          Array.from({ length: warm + requests }, (_, i) => i),
        )
        expect(all.every((arrival, i) => arrival.offsetNs >= (all[i - 1]?.offsetNs ?? 0))).toBe(true)
      },
    ),
  )
})
