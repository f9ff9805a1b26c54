import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeStopGate, makeTokenText } from './token-text.ts'

/** A tokenizer whose tokens are bytes. */
const detokenize = (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8')

test('a character of several tokens comes with its last one, and the others are empty', () => {
  const text = makeTokenText(detokenize)
  expect([...Buffer.from('a😀é')].map((byte) => text.push(byte))).toEqual(['a', '', '', '', '😀', '', 'é'])
  expect(text.flush()).toBe('')
})

test('any text comes out whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (original) => {
      const text = makeTokenText(detokenize)
      const wellFormed = Buffer.from(original).toString('utf8')
      const pieces = [...Buffer.from(original)].map((byte) => text.push(byte))
      expect(pieces.join('') + text.flush()).toBe(wellFormed)
    }),
  )
})

test('bytes that are no UTF-8 come out as replacement characters sooner or later', () => {
  const text = makeTokenText(detokenize)
  const pieces = [0xf0, 0x9f].map((byte) => text.push(byte))
  expect(pieces).toEqual(['', ''])
  expect(text.flush()).toBe('\uFFFD')
})

test('text after a stop string is dropped, with the stop string', () => {
  const gate = makeStopGate(['STOP', 'end'])
  expect(gate.push('go ')).toEqual({ text: 'go ', stopped: false })
  expect(gate.push('on STOP and more')).toEqual({ text: 'on ', stopped: true })
})

test('what may be the beginning of a stop string waits until it is known', () => {
  const gate = makeStopGate(['. The'])
  expect(gate.push('yes.')).toEqual({ text: 'yes', stopped: false })
  expect(gate.push(' Th')).toEqual({ text: '', stopped: false })
  expect(gate.push('at')).toEqual({ text: '. That', stopped: false })
  expect(gate.push('. ')).toEqual({ text: '', stopped: false })
  expect(gate.push('The')).toEqual({ text: '', stopped: true })
  expect(gate.flush()).toBe('')
})

test('however a text is cut, what comes through ends where the first stop string begins', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(fc.array(letters), fc.array(letters.filter((s) => s !== '')), (pieces, stops) => {
      const gate = makeStopGate(stops)
      let through = ''
      let stopped = false
      for (const piece of pieces) {
        if (stopped) break
        const passed = gate.push(piece)
        through += passed.text
        stopped = passed.stopped
      }
      const all = pieces.join('')
      // The first match to be complete; of several complete at once, the leftmost.
      const hit = stops.some((stop) => all.includes(stop))
      expect(stopped).toBe(hit)
      if (!hit) expect(through + gate.flush()).toBe(all)
      else expect(all.startsWith(through) && stops.some((stop) => all.startsWith(through + stop))).toBe(true)
    }),
  )
})
