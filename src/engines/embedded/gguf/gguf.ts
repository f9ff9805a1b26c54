import { Buffer } from 'node:buffer'

/** A metadata value of a GGUF file, with the type it is stored as. */
export type GgufValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly values: readonly string[] }
  | { readonly type: 'i32s'; readonly values: readonly number[] }

type GgufTensorType = 'F32' | 'Q8_0'

/** One tensor; `dims` in ggml's order, the contiguous dimension first. */
export interface GgufTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly type: GgufTensorType
  /** The tensor's bytes, in order, in pieces of any size. Called once per write. */
  data(): Iterable<Uint8Array>
}

/** A model as a GGUF file holds it. */
export interface GgufModel {
  readonly metadata: Readonly<Record<string, GgufValue>>
  readonly tensors: readonly GgufTensor[]
}

const version = 3
const alignment = 32
/** Value type codes of the GGUF specification. */
const codes = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const
const tensorCodes = { F32: 0, Q8_0: 8 } as const
/** Elements of a Q8_0 block, and its bytes: an f16 scale and 32 int8. */
const q8Elements = 32
const q8Bytes = 34

/** Bytes of a tensor in the file, without padding. Throws when a Q8_0 row is no multiple of 32. */
export function tensorBytes(tensor: Pick<GgufTensor, 'name' | 'dims' | 'type'>): number {
  const elements = tensor.dims.reduce((product, dim) => product * dim, 1)
  if (tensor.type === 'F32') return elements * 4
  if ((tensor.dims[0] ?? 0) % q8Elements !== 0) {
    throw new Error(`Rows of ${tensor.name} do not divide into blocks of ${q8Elements}.`)
  }
  return (elements / q8Elements) * q8Bytes
}

/** Size of the whole file in bytes. */
export function ggufBytes(model: GgufModel): number {
  return model.tensors.reduce((sum, tensor) => sum + padded(tensorBytes(tensor)), header(model).length)
}

/** The file's bytes in order: GGUF version 3, little endian, tensors aligned to 32. */
export function* ggufChunks(model: GgufModel): Generator<Uint8Array, void, void> {
  yield header(model)
  for (const tensor of model.tensors) {
    let written = 0
    for (const chunk of tensor.data()) {
      written += chunk.length
      yield chunk
    }
    const expected = tensorBytes(tensor)
    if (written !== expected) throw new Error(`${tensor.name} gave ${written} bytes instead of ${expected}.`)
    yield Buffer.alloc(padded(expected) - expected)
  }
}

function header(model: GgufModel): Buffer {
  const entries = Object.entries(model.metadata)
  const parts = [Buffer.from('GGUF'), u32(version), u64(model.tensors.length), u64(entries.length)]
  for (const [key, value] of entries) parts.push(text(key), valueBytes(value))
  let offset = 0
  for (const tensor of model.tensors) {
    parts.push(text(tensor.name), u32(tensor.dims.length), ...tensor.dims.map(u64))
    parts.push(u32(tensorCodes[tensor.type]), u64(offset))
    offset += padded(tensorBytes(tensor))
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat(parts, padded(length))
}

function valueBytes(value: GgufValue): Buffer {
  switch (value.type) {
    case 'u32':
      return Buffer.concat([u32(codes.u32), u32(value.value)])
    case 'f32':
      return Buffer.concat([u32(codes.f32), f32(value.value)])
    case 'bool':
      return Buffer.concat([u32(codes.bool), Buffer.from([value.value ? 1 : 0])])
    case 'string':
      return Buffer.concat([u32(codes.string), text(value.value)])
    case 'strings':
      return Buffer.concat([
        arrayHead(codes.string, value.values.length),
        Buffer.concat(value.values.map(text)),
      ])
    case 'i32s': {
      const body = Buffer.alloc(value.values.length * 4)
      value.values.forEach((number, i) => {
        body.writeInt32LE(number, i * 4)
      })
      return Buffer.concat([arrayHead(codes.i32, value.values.length), body])
    }
  }
}

function arrayHead(elementCode: number, length: number): Buffer {
  return Buffer.concat([u32(codes.array), u32(elementCode), u64(length)])
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function text(value: string): Buffer {
  const utf8 = Buffer.from(value)
  return Buffer.concat([u64(utf8.length), utf8])
}
