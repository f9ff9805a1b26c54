import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseSplitter } from './sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Splits a stream that arrives in the given pieces, each in the same reused buffer, as a socket's reads do. */
function split(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const events: string[] = []
  const splitter = new SseSplitter((data, start, end) => {
    events.push(decoder.decode(data.subarray(start, end)))
  })
  const buffer = new Uint8Array(bytes.length + 1)
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    buffer.fill(0)
    buffer.set(bytes.subarray(from, to))
    expect(splitter.feed(buffer, 0, to - from)).toBe(true)
    from = to
  }
  return events
}

function oracle(text: string): string[] {
  const events: string[] = []
  const parser = createParser({ onEvent: (event) => events.push(event.data) })
  parser.feed(text)
  return events
}

const line = fc.oneof(
  fc.constant(''),
  fc.constant(''),
  fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, ' ')}`),
  fc.string({ unit: 'grapheme' }).map((text) => `data:${text.replaceAll(/[\r\n]/g, ' ')}`),
  fc.string().map((text) => `: ${text.replaceAll(/[\r\n]/g, ' ')}`),
  fc.constantFrom('event: message', 'id: 7', 'retry: 10', 'data', 'dat', 'database: x', 'data :x'),
)
const stream = fc
  .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.map((text) => text + end).join(''))

test('any chunking gives the events that eventsource-parser finds in the whole text', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (text, seeds) => {
      const bytes = encoder.encode(text)
      const cuts = seeds.map((seed) => seed % (bytes.length + 1)).sort((a, b) => a - b)
      expect(split(bytes, cuts)).toEqual(oracle(text))
    }),
    { numRuns: 2000 },
  )
})

test('a stream cut at every byte gives the same events', () => {
  const text = ': ping\r\n\r\ndata: {"text":"grüße 🌍"}\r\n\r\ndata: a\ndata: b\n\nevent: x\ndata:[DONE]\n\n'
  const bytes = encoder.encode(text)
  const whole = split(bytes, [])
  expect(whole).toEqual(['{"text":"grüße 🌍"}', 'a\nb', '[DONE]'])
  for (let cut = 0; cut <= bytes.length; cut++) expect(split(bytes, [cut])).toEqual(whole)
  expect(split(bytes, Array.from(bytes.keys()))).toEqual(whole)
})

test('the error field of old llama.cpp counts as data', () => {
  expect(split(encoder.encode('error: {"message":"x"}\n\n'), [])).toEqual(['{"message":"x"}'])
})

test('a byte-order mark at the start is skipped', () => {
  expect(split(encoder.encode('\uFEFFdata: a\n\n'), [])).toEqual(['a'])
})

test('an event without its blank line is not passed on', () => {
  expect(split(encoder.encode('data: a\n'), [])).toEqual([])
})

test('an event that never ends is refused at 4 MiB', () => {
  const splitter = new SseSplitter(() => {})
  const piece = new Uint8Array(1024 * 1024).fill(97)
  expect([1, 2, 3, 4].map(() => splitter.feed(piece, 0, piece.length))).toEqual([true, true, true, true])
  expect(splitter.feed(piece, 0, piece.length)).toBe(false)
})
