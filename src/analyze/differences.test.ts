import { expect, test } from 'vitest'
import { cell, failed, record, run, runData, target } from '../../test/builders.ts'
import { differencesOf } from './differences.ts'

/** A run of one target whose requests took these times to the first token. */
function ran(name: string, ttftMs: readonly (number | undefined)[], repeat = 1) {
  const records = ttftMs.map((ms, index) =>
    record({
      index,
      sent: 0,
      ...(ms === undefined ? { outcome: failed('reset') } : {}),
      at: ms === undefined ? [] : [ms],
      end: ms ?? 1,
    }),
  )
  return runData(records, run({ cell: cell({ target: target({ name }), repeat }) }))
}

const count = 40
const base = Array.from({ length: count }, (_, i) => 10 + 3 * i)

test('a target that takes 2 ms more for every request is 2 ms slower, whatever the requests take', () => {
  const more = base.map((ms, i) => ms + 2 + (i % 2 === 0 ? 0.1 : -0.1))
  const [ttft] = differencesOf([ran('a', base), ran('b', more)])
  expect(ttft).toMatchObject({ target: 'b', against: 'a', metric: 'ttft', unit: 'ms', pairs: count })
  expect(ttft?.value).toBeCloseTo(2, 6)
  expect(ttft?.interval.low).toBeCloseTo(1.9, 6)
  expect(ttft?.interval.high).toBeCloseTo(2.1, 6)
  expect(ttft?.ratio?.value).toBeGreaterThan(1)
})

test('requests that one of the two did not answer are no pairs', () => {
  const holes = base.map((ms, i) => (i < 10 ? undefined : ms))
  expect(differencesOf([ran('a', base), ran('b', holes)])[0]?.pairs).toBe(count - 10)
})

test('fewer pairs than an interval needs say nothing, and one target has nobody to be held against', () => {
  expect(differencesOf([ran('a', base.slice(0, 5)), ran('b', base.slice(0, 5))])).toEqual([])
  expect(differencesOf([ran('a', base)])).toEqual([])
  expect(differencesOf([])).toEqual([])
})

test('repeats are paired with their own', () => {
  const slow = base.map((ms) => ms + 100)
  const all = [ran('a', base, 1), ran('a', slow, 2), ran('b', base, 1), ran('b', slow, 2)]
  expect(differencesOf(all)[0]).toMatchObject({ pairs: 2 * count, value: 0, interval: { low: 0, high: 0 } })
})
