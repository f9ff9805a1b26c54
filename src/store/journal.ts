import { type FileHandle, open, rm } from 'node:fs/promises'
import type { BlockSink, RecordBlock } from '../model/record-block.ts'
import { BlockEncoder, encodeHeader, journalHeader } from './journal-format.ts'
import { journalPath, reservePath } from './layout.ts'
import { storageError } from './storage-error.ts'

/** What a journal needs of a file; a `FileHandle` has it. */
export type JournalFile = Pick<FileHandle, 'truncate' | 'datasync' | 'close'> & {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>
}

/**
 * Opens a worker's new journal, `journal/<worker>.bin` of a run folder. Made for a load worker: blocks are
 * written off-thread, and DuckDB is not loaded. Appending and closing reject with AssayError `storage`; after a
 * failed append the file ends with the last whole block, so that a later append may succeed.
 */
export async function openJournal(folder: string, worker: number): Promise<BlockSink> {
  const path = journalPath(folder, worker)
  try {
    return await journalInto(await open(path, 'wx'), path, worker, reservePath(folder))
  } catch (error) {
    throw storageError('create', path, error)
  }
}

/** Begins a journal in an empty file; `path` is for errors, `reserve` a file to delete when the disk is full. */
export async function journalInto(
  file: JournalFile,
  path: string,
  worker: number,
  reserve?: string,
): Promise<BlockSink> {
  const journal = new Journal(file, path, reserve)
  await journal.write(encodeHeader(journalHeader(worker)))
  return journal
}

class Journal implements BlockSink {
  readonly #file: JournalFile
  readonly #path: string
  readonly #reserve: string | undefined
  readonly #encoder = new BlockEncoder()
  /** Where the last whole block ends. */
  #end = 0
  #last: Promise<void> = Promise.resolve()

  constructor(file: JournalFile, path: string, reserve: string | undefined) {
    this.#file = file
    this.#path = path
    this.#reserve = reserve
  }

  append(blocks: readonly RecordBlock[]): Promise<void> {
    // One after the other: the encoder's buffer is shared, and blocks lie in the order they came.
    const appended = this.#last.then(() => this.#append(blocks))
    this.#last = appended.catch(() => {})
    return appended
  }

  async close(): Promise<void> {
    await this.#last
    try {
      await this.#file.datasync()
      await this.#file.close()
    } catch (error) {
      throw storageError('write', this.#path, error)
    }
  }

  /** Writes all bytes at the end of the file, or rejects. */
  async write(bytes: Uint8Array): Promise<void> {
    let written = 0
    while (written < bytes.length) {
      const rest = bytes.length - written
      const { bytesWritten } = await this.#file.write(bytes, written, rest, this.#end + written)
      written += bytesWritten
    }
    this.#end += written
  }

  async #append(blocks: readonly RecordBlock[]): Promise<void> {
    try {
      await this.write(this.#encoder.encode(blocks))
    } catch (error) {
      // Should this fail too, the reader meets half a block and stops there.
      await this.#file.truncate(this.#end).catch(() => {})
      // Gives up the reserve, so that a second try may succeed.
      if (this.#reserve !== undefined) await rm(this.#reserve, { force: true }).catch(() => {})
      throw storageError('write', this.#path, error)
    }
  }
}
