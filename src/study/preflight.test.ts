import { expect, test } from 'vitest'
import type { Load, Pacing } from '../model/load.ts'
import { mostInFlight } from './preflight.ts'

const load = (pacing: Pacing, maxInFlight = 100): Load => ({
  name: 'l',
  pacing,
  until: { requests: 1 },
  warmup: {},
  drainS: 1,
  maxInFlight,
})

test.each([
  [{ kind: 'concurrency', concurrency: 8 }, 8],
  [{ kind: 'users', users: 5, rampS: 1 }, 5],
  [{ kind: 'burst', burst: 30 }, 30],
  [{ kind: 'burst', burst: 300 }, 100],
  [{ kind: 'poisson', ratePerSecond: 2.05 }, 21],
  [{ kind: 'constant', ratePerSecond: 50 }, 100],
] as const)('%j has at most %i in flight', (pacing, expected) => {
  expect(mostInFlight(load(pacing))).toBe(expected)
})
