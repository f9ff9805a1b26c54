import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import { type RecordBlock, requestColumns } from '../model/record-block.ts'

/** Version of a journal's layout: from 2 on events have a column `prompt`. */
export const journalFormatVersion = 2

/** First bytes of every journal. */
export const magic = Buffer.from('ASSAYJNL', 'latin1')
/** Bytes before each payload: its length and its CRC-32, both uint32. */
export const prefixBytes = 8
/** Counts at the start of a payload: events, requests, bytes of text, bytes of details. */
const countsBytes = 16
const eventBytes = 8 + 4 + 4 + 2 + 2 + 1
const promptBytes = 2
const requestBytes = 8 * requestColumns.length + 4

/** Says what a journal's blocks hold. Follows the magic, framed like a block. */
export interface JournalHeader {
  readonly format: number
  readonly worker: number
  /** Columns are raw arrays of the machine that ran, which is the one that converts. */
  readonly byteOrder: 'LE' | 'BE'
  readonly requestColumns: readonly string[]
}

/** The header of a worker's new journal. */
export function journalHeader(worker: number): JournalHeader {
  return { format: journalFormatVersion, worker, byteOrder: endianness(), requestColumns }
}

/** Magic and framed header: the first bytes of a journal. */
export function encodeHeader(header: JournalHeader): Buffer {
  const payload = Buffer.from(JSON.stringify(header))
  const bytes = Buffer.alloc(magic.length + prefixBytes + payload.length)
  magic.copy(bytes)
  payload.copy(bytes, magic.length + prefixBytes)
  frame(bytes, magic.length, payload.length)
  return bytes
}

/** Encodes blocks into one buffer that grows and is reused: the result is valid until the next call. */
export class BlockEncoder {
  #buffer = Buffer.allocUnsafeSlow(256 * 1024)

  /**
   * Length, CRC and payload of each block, ready to be written at once. Runs beside the load loop, so it only copies:
   * a full block of 8,192 events takes 0.1 ms, the CRC included.
   */
  encode(blocks: readonly RecordBlock[]): Buffer {
    let end = 0
    for (const block of blocks) end = this.#encode(block, end)
    return this.#buffer.subarray(0, end)
  }

  /** Puts one block at `start` and says where it ends. */
  #encode(block: RecordBlock, start: number): number {
    const { events, requests, text } = block
    let detailBytes = 0
    const detailLengths = new Uint32Array(requests.count)
    for (const [row, detail] of requests.details.entries()) {
      const length = detail === '' ? 0 : Buffer.byteLength(detail)
      detailLengths[row] = length
      detailBytes += length
    }
    const length =
      countsBytes + events.count * eventBytes + requests.count * requestBytes + text.length + detailBytes
    const end = start + prefixBytes + length
    const buffer = this.#room(end, start)
    const counts = Uint32Array.of(events.count, requests.count, text.length, detailBytes)

    // Widest first: every column then begins at a multiple of its width.
    let at = start + prefixBytes
    for (const column of [
      counts,
      events.atNs,
      requests.rows,
      events.request,
      events.textBytes,
      detailLengths,
      events.tokens,
      events.prompt,
      events.flags,
      text,
    ]) {
      buffer.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at)
      at += column.byteLength
    }
    for (const detail of requests.details) if (detail !== '') at += buffer.write(detail, at)
    if (at !== end) throw new Error('A block whose columns differ in length cannot be kept.')
    frame(buffer, start, length)
    return end
  }

  /** The buffer, large enough, with what it holds so far. */
  #room(bytes: number, held: number): Buffer {
    if (this.#buffer.length < bytes) {
      const larger = Buffer.allocUnsafeSlow(bytes * 2)
      this.#buffer.copy(larger, 0, 0, held)
      this.#buffer = larger
    }
    return this.#buffer
  }
}

/**
 * Reads a payload whose CRC is right; the block's arrays are views of it.
 * @param payload begins at a multiple of 8 in its memory
 * @param format of the journal it lies in
 * @returns undefined when the counts do not add up to the payload's length
 */
export function decodeBlock(payload: Uint8Array, worker: number, format: number): RecordBlock | undefined {
  if (payload.length < countsBytes) return undefined
  const { buffer } = payload
  let at = payload.byteOffset
  const [eventCount = 0, requestCount = 0, textLength = 0, detailBytes = 0] = new Uint32Array(buffer, at, 4)
  const hasPrompts = format >= 2
  const bytesAnEvent = hasPrompts ? eventBytes : eventBytes - promptBytes
  const expected =
    countsBytes + eventCount * bytesAnEvent + requestCount * requestBytes + textLength + detailBytes
  if (expected !== payload.length) return undefined
  at += countsBytes
  const take = (bytes: number): number => {
    at += bytes
    return at - bytes
  }
  const rowNumbers = requestCount * requestColumns.length
  const atNs = new Float64Array(buffer, take(8 * eventCount), eventCount)
  const rows = new Float64Array(buffer, take(8 * rowNumbers), rowNumbers)
  const request = new Uint32Array(buffer, take(4 * eventCount), eventCount)
  const textBytes = new Uint32Array(buffer, take(4 * eventCount), eventCount)
  const detailLengths = new Uint32Array(buffer, take(4 * requestCount), requestCount)
  const tokens = new Uint16Array(buffer, take(2 * eventCount), eventCount)
  const prompt = hasPrompts
    ? new Uint16Array(buffer, take(promptBytes * eventCount), eventCount)
    : new Uint16Array(eventCount)
  const flags = new Uint8Array(buffer, take(eventCount), eventCount)
  const text = new Uint8Array(buffer, take(textLength), textLength)
  const strings = Buffer.from(buffer, at, detailBytes)
  const details: string[] = []
  let from = 0
  for (const length of detailLengths) {
    details.push(length === 0 ? '' : strings.toString('utf8', from, from + length))
    from += length
  }
  if (from !== detailBytes) return undefined
  return {
    worker,
    events: { count: eventCount, request, atNs, tokens, flags, prompt, textBytes },
    text,
    requests: { count: requestCount, rows, details },
  }
}

/** Writes length and CRC of the payload that begins 8 bytes after `at`. */
function frame(bytes: Buffer, at: number, length: number): void {
  const payload = bytes.subarray(at + prefixBytes, at + prefixBytes + length)
  bytes.writeUInt32LE(length, at)
  bytes.writeUInt32LE(crc32(payload), at + 4)
}
