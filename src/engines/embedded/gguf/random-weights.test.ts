import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byteSpelling, spell } from './byte-level.ts'
import { halfFloat, makeNoise, randomQ8 } from './random-weights.ts'

test.each([
  [1, 0x3c00],
  [0.5, 0x3800],
  [1.0009765625, 0x3c01],
  [1 / 127, 0x2008],
  [1.9999, 0x4000],
])('half precision of %d is 0x%s', (value, bits) => {
  expect(halfFloat(value)).toBe(bits)
})

test('quantised noise is the same for the same seed, other for another, and as wide as asked', () => {
  const read = (seed: number) => Buffer.concat([...randomQ8(32 * 40_000, 0.5, seed)])
  const bytes = read(3)
  expect(bytes.length).toBe(34 * 40_000)
  expect(bytes.equals(read(3))).toBe(true)
  expect(bytes.equals(read(4))).toBe(false)
  const scale = bytes.readUInt16LE(0)
  let squares = 0
  for (let block = 0; block < 40_000; block++) {
    expect(bytes.readUInt16LE(block * 34)).toBe(scale)
    for (let i = 0; i < 32; i++) squares += bytes.readInt8(block * 34 + 2 + i) ** 2
  }
  expect(Math.sqrt(squares / (32 * 40_000))).toBeCloseTo(73.9, 0)
})

test('a noise stream does not depend on the sizes it is read in', () => {
  const whole = new Uint32Array(10)
  makeNoise(9).fill(whole)
  const noise = makeNoise(9)
  const parts = [new Uint32Array(3), new Uint32Array(7)]
  for (const part of parts) noise.fill(part)
  expect(parts.flatMap((part) => [...part])).toEqual([...whole])
})

test('byte-level spelling has 256 different printable characters and is undone byte by byte', () => {
  expect(new Set(byteSpelling).size).toBe(256)
  expect(spell(' a\n')).toBe('ĠaĊ')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = Array.from(spell(text), (char) => byteSpelling.indexOf(char))
      expect(Buffer.from(bytes).toString()).toBe(text)
    }),
  )
})
