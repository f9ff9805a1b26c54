import { type FileHandle, open } from 'node:fs/promises'
import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import { AssayError, exitCodes } from '../model/errors.ts'
import { type RecordBlock, requestColumns } from '../model/record-block.ts'
import {
  decodeBlock,
  type JournalHeader,
  journalFormatVersion,
  magic,
  prefixBytes,
} from './journal-format.ts'
import { checkNewer } from './layout.ts'

/** A block and where in the journal it lies. */
interface StoredBlock {
  readonly block: RecordBlock
  readonly position: number
}

/** One pass over a journal, oldest block first; `bytesLost` is known once the pass is over. */
export interface JournalReader extends AsyncIterable<StoredBlock> {
  /** Bytes after the last whole block: what a crash cut, or a broken disk damaged. */
  readonly bytesLost: number
  /** Reads the block at a position that a pass gave; undefined when it cannot be read any more. */
  readAt(position: number): Promise<RecordBlock | undefined>
  close(): Promise<void>
}

/**
 * Opens a journal for reading. A cut or damaged tail ends a pass quietly and is counted.
 * @throws AssayError `newer-format` or `journal-unreadable` when another version of Assay wrote it
 */
export async function readJournal(path: string): Promise<JournalReader> {
  const file = await open(path, 'r')
  try {
    return await Reader.open(file, path)
  } catch (error) {
    await file.close()
    throw error
  }
}

class Reader implements JournalReader {
  readonly #file: FileHandle
  readonly #size: number
  readonly #worker: number
  readonly #format: number
  /** Where the first block begins; undefined: not even the header is whole. */
  readonly #first: number | undefined
  readonly #prefix = Buffer.alloc(prefixBytes)
  bytesLost = 0

  private constructor(
    file: FileHandle,
    size: number,
    { worker, format }: Pick<JournalHeader, 'worker' | 'format'>,
    first: number | undefined,
  ) {
    this.#file = file
    this.#size = size
    this.#worker = worker
    this.#format = format
    this.#first = first
  }

  static async open(file: FileHandle, path: string): Promise<Reader> {
    const { size } = await file.stat()
    const start = new Reader(file, size, { worker: 0, format: journalFormatVersion }, undefined)
    const head = Buffer.alloc(magic.length)
    const { bytesRead } = await file.read(head, 0, magic.length, 0)
    if (bytesRead === magic.length && !head.equals(magic)) {
      throw unreadable(path, 'it does not begin like a journal')
    }
    const payload = await start.#payload(magic.length)
    if (payload === undefined) return start
    const header = JSON.parse(Buffer.from(payload).toString()) as JournalHeader
    checkNewer(header.format, journalFormatVersion, path)
    if (header.byteOrder !== endianness()) throw unreadable(path, `its byte order is ${header.byteOrder}`)
    if (header.requestColumns.join() !== requestColumns.join()) throw unreadable(path, 'its columns differ')
    return new Reader(file, size, header, magic.length + prefixBytes + payload.length)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StoredBlock> {
    let position = this.#first ?? 0
    while (this.#first !== undefined) {
      const payload = await this.#payload(position)
      if (payload === undefined) break
      const block = decodeBlock(payload, this.#worker, this.#format)
      if (block === undefined) break
      yield { block, position }
      position += prefixBytes + payload.length
    }
    this.bytesLost = this.#size - position
  }

  async readAt(position: number): Promise<RecordBlock | undefined> {
    const payload = await this.#payload(position)
    return payload && decodeBlock(payload, this.#worker, this.#format)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** The whole, undamaged payload whose prefix is at a position, in memory of its own. */
  async #payload(position: number): Promise<Uint8Array | undefined> {
    const prefix = this.#prefix
    if (!(await this.#fill(prefix, position))) return undefined
    const length = prefix.readUInt32LE(0)
    if (position + prefixBytes + length > this.#size) return undefined
    const payload = new Uint8Array(length)
    if (!(await this.#fill(payload, position + prefixBytes))) return undefined
    return crc32(payload) === prefix.readUInt32LE(4) ? payload : undefined
  }

  async #fill(bytes: Uint8Array, position: number): Promise<boolean> {
    let filled = 0
    while (filled < bytes.length) {
      const rest = bytes.length - filled
      const { bytesRead } = await this.#file.read(bytes, filled, rest, position + filled)
      if (bytesRead === 0) return false
      filled += bytesRead
    }
    return true
  }
}

function unreadable(path: string, why: string): AssayError {
  return new AssayError('journal-unreadable', `${path} cannot be read: ${why}.`, {
    hint: 'Finish this run with the version of Assay, and on the kind of machine, that began it.',
    exitCode: exitCodes.storage,
  })
}
