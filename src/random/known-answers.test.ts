import { expect, test } from 'vitest'
import { emptyKey, fnv1a, splitMix64, stateOf } from './stream-key.ts'
import { xoshiro128 } from './xoshiro.ts'

const first = <T>(count: number, next: () => T) => Array.from({ length: count }, next)

test('xoshiro128** gives the outputs of its reference implementation (1.1) from the state 1, 2, 3, 4', () => {
  expect(first(10, xoshiro128([1, 2, 3, 4]))).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ])
})

test('SplitMix64 gives the outputs of its reference implementation for the seed 1234567', () => {
  expect(first(5, splitMix64(1234567n))).toEqual([
    6457827717110365317n,
    3203168211198807973n,
    9817491932198370423n,
    4593380528125082431n,
    16408922859458223821n,
  ])
})

test.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('FNV-1a of %j is the published one', (text, expected) => {
  const { high, low } = fnv1a(emptyKey, Buffer.from(text))
  expect(`${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`).toBe(expected)
})

test('a state is two outputs of SplitMix64, low words first', () => {
  expect(stateOf({ high: 0, low: 1234567 })).toEqual([0xfb08fc85, 0x599ed017, 0x58540fa5, 0x2c73f084])
})
