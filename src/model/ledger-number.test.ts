import { expect, test } from 'vitest'
import { stepMs, stepShare } from './ledger-number.ts'

test.each([
  [0, '0'],
  [0.00043, '<0.001'],
  [0.001, '0.00100'],
  [0.0718, '0.0718'],
  [1313, '1,313'],
])('a step of %d ms is shown as %s', (ms, shown) => {
  expect(stepMs(ms)).toBe(shown)
})

test.each([
  [0, '0 %'],
  [0.000055, '<0.01 %'],
  [0.00074, '0.074 %'],
  [1, '100 %'],
])('a share of %d is shown as %s', (share, shown) => {
  expect(stepShare(share)).toBe(shown)
})
