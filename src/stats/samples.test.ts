import fc from 'fast-check'
import { expect, test } from 'vitest'
import { samplesOf } from '../../test/builders.ts'
import { countAtMost, countBelow, maxOf, mergeSamples, minOf, sortSamples, valueAt } from './samples.ts'

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })

test('nothing sorts to undefined, so "no data" is decided once', () => {
  expect(sortSamples(new Float64Array())).toBeUndefined()
  expect(mergeSamples([])).toBeUndefined()
})

test('samples are sorted by value, not as text', () => {
  expect([...samplesOf([10, 9, 2, -1, 100])]).toEqual([-1, 2, 9, 10, 100])
})

test('smallest, largest and ranks are read off, and ranks beyond the ends are clamped', () => {
  const samples = samplesOf([3, 1, 2])
  expect([minOf(samples), maxOf(samples)]).toEqual([1, 3])
  expect([-5, 0, 1, 2, 7].map((index) => valueAt(samples, index))).toEqual([1, 1, 2, 3, 3])
})

test('merging keeps every value of every part', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(mergeSamples([samplesOf(a), samplesOf(b)])).toEqual(samplesOf([...a, ...b]))
    }),
  )
})

test('one part merges to itself, without a copy', () => {
  const samples = samplesOf([1, 2])
  expect(mergeSamples([samples])).toBe(samples)
})

test('the counts of values at most and below x are what a scan finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 }),
      fc.integer({ min: -1, max: 21 }),
      (values, x) => {
        expect(countAtMost(samplesOf(values), x)).toBe(values.filter((value) => value <= x).length)
        expect(countBelow(samplesOf(values), x)).toBe(values.filter((value) => value < x).length)
      },
    ),
  )
})
