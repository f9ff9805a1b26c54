import { expect, test } from 'vitest'
import { percent, quantileName, significant, wholeNumber } from './significant.ts'

test.each([
  [0, '0'],
  [0.012345, '0.0123'],
  [0.9996, '1.00'],
  [1.2345, '1.23'],
  [9.996, '10.0'],
  [12.345, '12.3'],
  [99.96, '100'],
  [123.45, '123'],
  [1234.5, '1,235'],
  [-12.345, '-12.3'],
])('%d is shown as %s', (value, shown) => {
  expect(significant(value)).toBe(shown)
})

test('shares, quantiles and counts have their own forms', () => {
  expect([percent(0), percent(0.0149), percent(1)]).toEqual(['0 %', '1.5 %', '100 %'])
  expect([quantileName(0.5), quantileName(0.999), quantileName(0.07)]).toEqual(['p50', 'p99.9', 'p7'])
  expect(wholeNumber(12600)).toBe('12,600')
})
