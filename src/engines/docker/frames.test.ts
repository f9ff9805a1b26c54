import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogFrames } from './frames.ts'

function frame(stream: number, text: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(text.length, 4)
  return Buffer.concat([head, text])
}

test('the text of all frames comes out in order, however the bytes are cut', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (all, cuts) => {
      const bytes = Buffer.concat(all.map(([stream, text]) => frame(stream, text)))
      const reader = new LogFrames()
      const got: Buffer[] = []
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const length = cuts[i % cuts.length] ?? 1
        got.push(...reader.push(bytes.subarray(at, at + length)))
        at += length
      }
      expect(Buffer.concat(got)).toEqual(Buffer.concat(all.map(([, text]) => text)))
    }),
  )
})

test('after bytes that are no frame nothing is given', () => {
  const reader = new LogFrames()
  expect(reader.push(Buffer.from('no frame at all'))).toEqual([])
  expect(reader.push(frame(1, Buffer.from('late')))).toEqual([])
})
