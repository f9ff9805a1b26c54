import { expect, test } from 'vitest'
import { distributionTiming } from './distribution.ts'
import type { TimedRequest } from './timing-model.ts'

const timing = {
  kind: 'distribution',
  ttft: { kind: 'uniform', least: 10, most: 20 },
  itl: { kind: 'exponential', mean: 5 },
} as const
const from = (requestId: string | undefined, connection = 0, position = 0): TimedRequest => ({
  requestId,
  connection,
  position,
})
const times = (request: TimedRequest, seed = 1) => {
  const { due } = distributionTiming(timing, seed).timeline(request)
  return Array.from({ length: 20 }, (_, event) => due(event))
}

test('the first event is drawn from the one distribution, gaps from the other', () => {
  const all = Array.from({ length: 2000 }, (_, i) => times(from(`r-${i}`)))
  const firsts = all.map(([first = 0]) => first / 1e6)
  expect(Math.min(...firsts)).toBeGreaterThanOrEqual(10)
  expect(Math.max(...firsts)).toBeLessThan(20)
  const gaps = all.flatMap((dues) => dues.slice(1).map((due, k) => (due - (dues[k] ?? 0)) / 1e6))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
  // Four standard errors of the mean of 38,000 draws.
  expect(Math.abs(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length - 5)).toBeLessThan(0.11)
})

test('draws are decided by the seed and the index of the id alone', () => {
  expect(times(from('a-7', 0, 0))).toEqual(times(from('other-7', 3, 9)))
  expect(times(from('a-7'))).not.toEqual(times(from('a-8')))
  expect(times(from('a-7'))).not.toEqual(times(from('a-7'), 2))
})

test('without an index they are decided by connection and position', () => {
  expect(times(from(undefined, 1, 2))).toEqual(times(from('no index', 1, 2)))
  const others = [from(undefined, 2, 1), from(undefined, 1, 3), from('a-1'), from('a-2')]
  for (const other of others) expect(times(from(undefined, 1, 2))).not.toEqual(times(other))
})

test('the order in which events are asked for does not matter', () => {
  const { due } = distributionTiming(timing, 1).timeline(from('a-1'))
  const dues = times(from('a-1'))
  expect([19, 3, 3, 0, 10].map(due)).toEqual([19, 3, 3, 0, 10].map((event) => dues[event]))
})

test('a distribution that is none is refused', () => {
  const broken = { ...timing, itl: { kind: 'normal', mean: 1, sd: -1 } } as const
  expect(() => distributionTiming(broken, 1)).toThrow("The reference server's itl is unusable: sd is -1")
})
