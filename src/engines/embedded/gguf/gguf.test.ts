import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { type GgufModel, ggufBytes, ggufChunks, tensorBytes } from './gguf.ts'

const model: GgufModel = {
  metadata: {
    a: { type: 'string', value: 'é' },
    b: { type: 'strings', values: ['x', 'yz'] },
    c: { type: 'i32s', values: [-1, 3] },
    d: { type: 'bool', value: true },
    e: { type: 'f32', value: 1.5 },
    f: { type: 'u32', value: 7 },
  },
  tensors: [
    { name: 't', dims: [2, 1], type: 'F32', data: () => [new Uint8Array(new Float32Array([1, -2]).buffer)] },
    { name: 'q', dims: [32], type: 'Q8_0', data: () => [new Uint8Array(34).fill(5)] },
  ],
}

test('a file is the bytes the specification says', () => {
  const expected: Buffer[] = []
  const u32 = (n: number) => expected.push(Buffer.from(new Uint32Array([n]).buffer))
  const u64 = (n: number) => expected.push(Buffer.from(new BigUint64Array([BigInt(n)]).buffer))
  const text = (s: string) => {
    u64(Buffer.byteLength(s))
    expected.push(Buffer.from(s))
  }
  expected.push(Buffer.from('GGUF'))
  u32(3)
  u64(2)
  u64(6)
  text('a')
  u32(8)
  text('é')
  text('b')
  u32(9)
  u32(8)
  u64(2)
  text('x')
  text('yz')
  text('c')
  u32(9)
  u32(5)
  u64(2)
  expected.push(Buffer.from(new Int32Array([-1, 3]).buffer))
  text('d')
  u32(7)
  expected.push(Buffer.from([1]))
  text('e')
  u32(6)
  expected.push(Buffer.from(new Float32Array([1.5]).buffer))
  text('f')
  u32(4)
  u32(7)
  text('t')
  u32(2)
  u64(2)
  u64(1)
  u32(0)
  u64(0)
  text('q')
  u32(1)
  u64(32)
  u32(8)
  u64(32)
  const header = Buffer.concat(expected)
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32)
  const data = [
    Buffer.from(new Float32Array([1, -2]).buffer),
    Buffer.alloc(24),
    Buffer.alloc(34, 5),
    Buffer.alloc(30),
  ]
  const file = Buffer.concat([...ggufChunks(model)])
  expect(file.toString('hex')).toBe(Buffer.concat([header, padding, ...data]).toString('hex'))
  expect(ggufBytes(model)).toBe(file.length)
})

test('a tensor whose data has another length than its dimensions say is refused', () => {
  const wrong = { name: 'w', dims: [3], type: 'F32' as const, data: () => [new Uint8Array(8)] }
  expect(() => [...ggufChunks({ metadata: {}, tensors: [wrong] })]).toThrow('w gave 8 bytes instead of 12')
})

test('a quantised row that is no multiple of 32 is refused', () => {
  expect(() => tensorBytes({ name: 'w', dims: [33, 2], type: 'Q8_0' })).toThrow('blocks of 32')
})
