import { expect, test } from 'vitest'
import { exitCodeOf } from './measure.ts'

test.each([
  ['completed', 0],
  ['interrupted', 130],
  ['safety-stop', 4],
  ['storage', 5],
  ['crashed', 1],
] as const)('a study that ended as %s exits with %d', (ended, code) => {
  expect(exitCodeOf({ ended })).toBe(code)
})
