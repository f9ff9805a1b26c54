import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf } from './captured-text.ts'

test('a text that was cut anywhere keeps exactly its whole characters', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\0', 'é', '€', '\ufeff', '😀'), maxLength: 8 }),
      fc.nat({ max: 40 }),
      (text, at) => {
        const bytes = new TextEncoder().encode(text)
        const cut = Math.min(at, bytes.length)
        let whole = ''
        for (const character of new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) {
          if (new TextEncoder().encode(whole + character).length > cut) break
          whole += character
        }
        expect(textOf(bytes.subarray(0, cut), true)).toBe(whole)
      },
    ),
  )
})

test('a byte order mark and bytes that are no UTF-8 do not break a text', () => {
  expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), false)).toBe('\ufeffa')
  expect(textOf(Uint8Array.of(0x61, 0xff, 0x62), false)).toBe('a\ufffdb')
  expect(textOf(Uint8Array.of(0x61, 0xe2, 0x82), false)).toBe('a\ufffd')
})
