import { type FileHandle, open } from 'node:fs/promises'

/** A value of a GGUF file's metadata; whole numbers of 64 bits as far as a double holds them. */
export type GgufMetadataValue = string | number | boolean | readonly GgufMetadataValue[]

const windowBytes = 4 * 1024 * 1024
const longestText = 64 * 1024 * 1024
const mostEntries = 10_000_000
/** Bytes of each fixed type, by its code in the GGUF specification. */
const sizes: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
const [textType, listType] = [8, 9]

/**
 * The metadata of a GGUF file (versions 2 and 3, little endian) whose keys begin with `prefix`. Only the head of the file is
 * read. Throws an Error that says what is wrong with the file.
 */
export async function readGgufMetadata(
  path: string,
  prefix: string,
): Promise<ReadonlyMap<string, GgufMetadataValue>> {
  const file = await open(path)
  try {
    const cursor = new Cursor(file)
    if ((await cursor.take(4)).toString('latin1') !== 'GGUF') throw new Error('it is no GGUF file')
    const version = (await cursor.take(4)).readUInt32LE()
    if (version !== 2 && version !== 3) throw new Error(`it has GGUF version ${version}`)
    await cursor.take(8)
    const entries = await cursor.count()
    const found = new Map<string, GgufMetadataValue>()
    for (let i = 0; i < entries; i++) {
      const key = await cursor.text()
      const value = await cursor.value((await cursor.take(4)).readUInt32LE())
      if (key.startsWith(prefix)) found.set(key, value)
    }
    return found
  } finally {
    await file.close()
  }
}

/** Reads a file from its beginning, a window at a time. */
class Cursor {
  readonly #file: FileHandle
  #window = Buffer.alloc(0)
  #at = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async take(bytes: number): Promise<Buffer> {
    if (this.#at + bytes > this.#window.length) await this.#fill(bytes)
    const taken = this.#window.subarray(this.#at, this.#at + bytes)
    if (taken.length < bytes) throw new Error('it ends too soon')
    this.#at += bytes
    return taken
  }

  async count(): Promise<number> {
    const value = Number((await this.take(8)).readBigUInt64LE())
    if (value > mostEntries) throw new Error(`it holds a list of ${value} entries`)
    return value
  }

  async text(): Promise<string> {
    const length = Number((await this.take(8)).readBigUInt64LE())
    if (length > longestText) throw new Error(`it holds a text of ${length} bytes`)
    return (await this.take(length)).toString('utf8')
  }

  async value(type: number): Promise<GgufMetadataValue> {
    if (type === textType) return this.text()
    if (type === listType) {
      const of = (await this.take(4)).readUInt32LE()
      const length = await this.count()
      const list: GgufMetadataValue[] = []
      for (let i = 0; i < length; i++) list.push(await this.value(of))
      return list
    }
    const size = sizes[type]
    if (size === undefined || size === 0) throw new Error(`it holds a value of the unknown type ${type}`)
    return numberOf(type, await this.take(size))
  }

  async #fill(bytes: number): Promise<void> {
    const rest = this.#window.subarray(this.#at)
    const next = Buffer.alloc(Math.max(windowBytes, bytes))
    const { bytesRead } = await this.#file.read(next, 0, next.length)
    this.#window = Buffer.concat([rest, next.subarray(0, bytesRead)])
    this.#at = 0
  }
}

function numberOf(type: number, bytes: Buffer): number | boolean {
  switch (type) {
    case 0:
      return bytes.readUInt8()
    case 1:
      return bytes.readInt8()
    case 2:
      return bytes.readUInt16LE()
    case 3:
      return bytes.readInt16LE()
    case 4:
      return bytes.readUInt32LE()
    case 5:
      return bytes.readInt32LE()
    case 6:
      return bytes.readFloatLE()
    case 7:
      return bytes.readUInt8() !== 0
    case 10:
      return Number(bytes.readBigUInt64LE())
    case 11:
      return Number(bytes.readBigInt64LE())
    default:
      return bytes.readDoubleLE()
  }
}
