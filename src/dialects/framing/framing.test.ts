import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Framing, framings } from '../../model/dialect.ts'
import { makeSplitter } from './index.ts'
import { maxEventBytes } from './splitter.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The payloads of bytes that arrive in the given pieces, each in the same reused buffer, as a socket's reads do. */
function split(framing: Framing, bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const payloads: Uint8Array[] = []
  const splitter = makeSplitter(framing, (data, start, end) => payloads.push(data.slice(start, end)))
  // What an earlier body left behind must not show.
  const before = encoder.encode('data: left\ndata: over é')
  splitter.feed(before, 0, before.length - 1)
  splitter.reset()
  payloads.length = 0
  const buffer = new Uint8Array(bytes.length + 1)
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    buffer.fill(0)
    buffer.set(bytes.subarray(from, to))
    expect(splitter.feed(buffer, 0, to - from)).toBe(true)
    from = to
  }
  splitter.end()
  return payloads
}

const texts = (payloads: readonly Uint8Array[]) => payloads.map((payload) => decoder.decode(payload))
const cutsOf = (seeds: readonly number[], length: number) =>
  seeds.map((seed) => seed % (length + 1)).sort((a, b) => a - b)
const seeds = fc.array(fc.nat(), { maxLength: 12 })
const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const line = text.map((one) => JSON.stringify({ text: one }))

test.each([
  ['ndjson', '\n'],
  ['ndjson', '\r\n'],
  ['ndjson', '\n\n'],
  ['nul', '\0'],
  ['nul', '\n'],
] as const)('%s ended by %j: any chunking gives the lines', (framing, end) => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), seeds, (lines, ended, cuts) => {
      const bytes = encoder.encode(lines.join(end) + (ended && lines.length > 0 ? end : ''))
      expect(texts(split(framing, bytes, cutsOf(cuts, bytes.length)))).toEqual(lines)
    }),
    { numRuns: 500 },
  )
})

test('nul: what ends in NUL and in LF may follow each other', () => {
  expect(texts(split('nul', encoder.encode('{"a":1}\0{"a":2}\n{"a":3}'), []))).toEqual([
    '{"a":1}',
    '{"a":2}',
    '{"a":3}',
  ])
})

test('ndjson: NUL ends nothing', () => {
  expect(texts(split('ndjson', encoder.encode('a\0b\n'), []))).toEqual(['a\0b'])
})

test('raw: any chunking gives whole characters, and together the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), seeds, (whole, cuts) => {
      const bytes = encoder.encode(whole)
      const payloads = split('raw', bytes, cutsOf(cuts, bytes.length))
      // The decoder throws on a character that is not whole.
      expect(texts(payloads).join('')).toBe(whole)
      expect(payloads.every(({ length }) => length > 0)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('raw: each read is a payload, but a character waits for its last byte', () => {
  const bytes = encoder.encode('one é 🌍!')
  const at = (part: string) => encoder.encode('one é 🌍!'.split(part)[0]).length
  expect(texts(split('raw', bytes, [3]))).toEqual(['one', ' é 🌍!'])
  expect(texts(split('raw', bytes, [at('é') + 1]))).toEqual(['one ', 'é 🌍!'])
  const inside = at('🌍')
  expect(texts(split('raw', bytes, [inside + 1, inside + 2, inside + 3]))).toEqual(['one é ', '🌍!'])
})

test('raw: bytes that are no UTF-8 all arrive, and are not held back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), seeds, (bytes, cuts) => {
      const payloads = split('raw', bytes, cutsOf(cuts, bytes.length))
      expect(Buffer.concat(payloads)).toEqual(Buffer.from(bytes))
    }),
    { numRuns: 1000 },
  )
  expect(split('raw', Uint8Array.of(0x61, 0x80, 0x80), [2])).toEqual([
    Uint8Array.of(0x61, 0x80),
    Uint8Array.of(0x80),
  ])
})

test('json: any chunking gives the document', () => {
  fc.assert(
    fc.property(fc.json(), seeds, (json, cuts) => {
      const bytes = encoder.encode(json)
      expect(texts(split('json', bytes, cutsOf(cuts, bytes.length)))).toEqual([json])
    }),
    { numRuns: 500 },
  )
})

test.each(framings)('%s: an empty body holds no payload', (framing) => {
  expect(split(framing, new Uint8Array(0), [])).toEqual([])
})

test.each(['ndjson', 'nul', 'json'] as const)('%s: a payload that never ends is refused', (framing) => {
  const splitter = makeSplitter(framing, () => {})
  const piece = new Uint8Array(maxEventBytes / 4).fill(97)
  expect([1, 2, 3, 4].map(() => splitter.feed(piece, 0, piece.length))).toEqual([true, true, true, true])
  expect(splitter.feed(piece, 0, 1)).toBe(false)
})

test.each(['ndjson', 'nul', 'raw'] as const)('%s: a payload inside one read is not copied', (framing) => {
  const seen: Uint8Array[] = []
  const splitter = makeSplitter(framing, (bytes) => seen.push(bytes))
  const bytes = encoder.encode('{"a":1}\n')
  splitter.feed(bytes, 0, bytes.length)
  expect(seen).toEqual([bytes])
  expect(seen[0]).toBe(bytes)
})
