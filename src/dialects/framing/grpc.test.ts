import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrpcSplitter, grpcFrame } from './grpc.ts'
import { maxEventBytes } from './splitter.ts'

/** What a splitter passes on of a body that comes in these pieces, from a buffer that is used again. */
function split(
  body: Uint8Array,
  cuts: readonly number[],
): { readonly messages: string[]; readonly whole: boolean } {
  const messages: string[] = []
  const splitter = new GrpcSplitter((bytes, start, end) => {
    messages.push(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
  })
  const buffer = new Uint8Array(body.length + 1)
  let whole = true
  let from = 0
  for (const to of [...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length]) {
    buffer.fill(255)
    buffer.set(body.subarray(from, to))
    whole &&= splitter.feed(buffer, 0, to - from)
    from = to
  }
  splitter.end()
  return { messages, whole }
}

test('messages come out as they went in, wherever reads end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 10 }),
      (messages, cuts) => {
        const body = Buffer.concat(messages.map(grpcFrame))
        const expected = messages.map((message) => Buffer.from(message).toString('latin1'))
        expect(split(body, cuts)).toEqual({ messages: expected, whole: true })
      },
    ),
  )
})

test('a body that ends inside a message passes on what there is, so that its reader sees that it is broken', () => {
  const body = Buffer.concat([grpcFrame(Buffer.from('one')), grpcFrame(Buffer.from('three')).subarray(0, 8)])
  expect(split(body, []).messages).toEqual(['one', 'thr'])
})

test.each([[[]], [[3]]])('a message that is too long is refused by its length, cut at %j', (cuts) => {
  const head = Buffer.alloc(20)
  head.writeUInt32BE(maxEventBytes + 1, 1)
  expect(split(head, cuts).whole).toBe(false)
})
