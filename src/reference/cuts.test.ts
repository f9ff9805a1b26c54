import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCut, singleBytes } from './cuts.ts'

test('cut pieces are never empty and join to the bytes they came from', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(), (array, seed) => {
      const bytes = Buffer.from(array)
      for (const pieces of [randomCut(seed)(bytes), singleBytes(bytes)]) {
        expect(pieces.every((piece) => piece.length > 0)).toBe(true)
        expect(Buffer.concat(pieces)).toEqual(bytes)
      }
    }),
  )
})

test('the same seed cuts alike, another one does not', () => {
  const bytes = Buffer.alloc(2000)
  const lengths = (seed: number) => randomCut(seed)(bytes).map((piece) => piece.length)
  expect(lengths(3)).toEqual(lengths(3))
  expect(lengths(3)).not.toEqual(lengths(4))
})

test('characters of several bytes get cut too', () => {
  const pieces = randomCut(1)(Buffer.from('東'.repeat(1000)))
  const inside = pieces.filter((piece) => ((piece[0] ?? 0) & 0xc0) === 0x80)
  expect(inside.length).toBeGreaterThan(pieces.length / 3)
})
