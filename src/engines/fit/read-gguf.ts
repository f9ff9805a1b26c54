import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AssayError } from '../../model/errors.ts'
import { llamaLike } from './models.ts'
import type { DescribedModel } from './read-config.ts'

/** Bytes of a value of each type of the GGUF specification; 8 is a text and 9 a list. */
const sizes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}
const maxText = 1 << 20
const maxEntries = 10_000
const chunkBytes = 1 << 16

/** What stands at the head of a GGUF file: plain values, and of lists their length. Reads on only as far as that. */
class GgufReader {
  readonly #file: number
  #buffer = Buffer.alloc(0)
  #at = 0
  #position = 0

  constructor(file: number) {
    this.#file = file
  }

  take(length: number): Buffer {
    while (this.#buffer.length - this.#at < length) {
      const more = Buffer.alloc(Math.max(chunkBytes, length))
      const got = readSync(this.#file, more, 0, more.length, this.#position)
      if (got === 0) throw new RangeError('it ends within its head')
      this.#position += got
      this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), more.subarray(0, got)])
      this.#at = 0
    }
    this.#at += length
    return this.#buffer.subarray(this.#at - length, this.#at)
  }

  skip(length: number): void {
    const here = Math.min(length, this.#buffer.length - this.#at)
    this.#at += here
    this.#position += length - here
  }

  count(): number {
    const value = this.take(8).readBigUInt64LE()
    if (value > 2n ** 40n) throw new RangeError('a length in it is out of range')
    return Number(value)
  }

  text(): string {
    const length = this.count()
    if (length > maxText) throw new RangeError('a text in it is too long')
    return this.take(length).toString('utf8')
  }

  /** `undefined` for what is not needed. */
  value(type: number): number | string | undefined {
    if (type === 8) return this.text()
    if (type === 9) return this.#list()
    const size = sizes[type]
    if (size === undefined) throw new RangeError(`a value in it has the unknown type ${type}`)
    const bytes = this.take(size)
    if (type === 4) return bytes.readUInt32LE()
    if (type === 5) return bytes.readInt32LE()
    return type === 10 ? Number(bytes.readBigUInt64LE()) : undefined
  }

  /** Its length. */
  #list(): number {
    const type = this.take(4).readUInt32LE()
    const length = this.count()
    const size = sizes[type]
    if (size !== undefined) this.skip(length * size)
    else if (type === 8) for (let i = 0; i < length; i++) this.skip(this.count())
    else throw new RangeError('a list of lists in it')
    return length
  }
}

/** Reads the sizes that a GGUF file states. Throws `fit-model` when it is none. */
export function readGguf(path: string): DescribedModel {
  const file = openSync(path, 'r')
  try {
    return describe(new Map(entries(new GgufReader(file))), fstatSync(file).size)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new AssayError('fit-model', `${path} cannot be read as GGUF: ${cause.message}.`, {
      hint: 'Give a GGUF file of version 2 or 3, the first of a split one, or a config.json.',
      cause,
    })
  } finally {
    closeSync(file)
  }
}

function* entries(reader: GgufReader): Generator<readonly [string, number | string]> {
  if (reader.take(4).toString('latin1') !== 'GGUF') throw new RangeError('it does not begin with GGUF')
  const version = reader.take(4).readUInt32LE()
  if (version < 2 || version > 3) throw new RangeError(`its version is ${version}`)
  reader.count()
  const count = reader.count()
  if (count > maxEntries) throw new RangeError('it has too many entries')
  for (let i = 0; i < count; i++) {
    const key = reader.text()
    const value = reader.value(reader.take(4).readUInt32LE())
    if (value !== undefined) yield [key, value]
  }
}

function describe(head: ReadonlyMap<string, number | string>, fileBytes: number): DescribedModel {
  const architecture = head.get('general.architecture')
  const optional = (name: string): number | undefined => {
    const value = head.get(`${architecture}.${name}`)
    return typeof value === 'number' && value > 0 ? value : undefined
  }
  const need = (name: string): number => {
    const value = optional(name)
    if (value === undefined) throw new RangeError(`it has no "${architecture}.${name}"`)
    return value
  }
  const heads = need('attention.head_count')
  const hidden = need('embedding_length')
  const vocabulary = optional('vocab_size') ?? Number(head.get('tokenizer.ggml.tokens') ?? 0)
  if (vocabulary === 0) throw new RangeError('it has no vocabulary')
  if (optional('attention.kv_lora_rank') !== undefined)
    throw new RangeError('its keys and values are cached in a compressed form, which is not computed here')
  const split = Number(head.get('split.count') ?? 1)
  return {
    shape: {
      ...llamaLike,
      layers: need('block_count'),
      hidden,
      heads,
      kvHeads: optional('attention.head_count_kv') ?? heads,
      headSize: optional('attention.key_length') ?? hidden / heads,
      feedForward: need('feed_forward_length'),
      vocabulary,
      maxContext: optional('context_length') ?? 4096,
      experts: optional('expert_count') ?? 1,
    },
    fileBytes,
    notes: [
      'weights: the size of the file',
      ...(split > 1 ? [`one of ${split} parts: multiply its size by hand`] : []),
    ],
  }
}
