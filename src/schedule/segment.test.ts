import fc from 'fast-check'
import { expect, test } from 'vitest'
import { owns, shareOf } from './segment.ts'

test('every item belongs to exactly one segment, and shares add up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(10_000), (of, item) => {
      const segments = Array.from({ length: of }, (_, index) => ({ index, of }))
      expect(segments.filter((segment) => owns(segment, item))).toHaveLength(1)
      expect(segments.reduce((sum, segment) => sum + shareOf(segment, item), 0)).toBe(item)
    }),
  )
})
