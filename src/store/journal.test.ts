import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RecordBlock, requestColumns } from '../model/record-block.ts'
import { type JournalFile, journalInto, openJournal } from './journal.ts'
import { encodeHeader, journalHeader } from './journal-format.ts'
import { readJournal } from './journal-reader.ts'
import { createRunFolder, journalPath } from './layout.ts'

let scratch = ''
let made = 0
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'assay-journal-test-'))
})
afterAll(() => rm(scratch, { recursive: true }))

async function newFolder(): Promise<string> {
  const folder = join(scratch, `run-${made++}`)
  await createRunFolder(folder)
  return folder
}

const anyBlock: fc.Arbitrary<RecordBlock> = fc
  .record({
    events: fc.array(
      fc.record({
        request: fc.nat({ max: 2 ** 32 - 1 }),
        atNs: fc.double(),
        tokens: fc.nat({ max: 65_535 }),
        flags: fc.nat({ max: 255 }),
        prompt: fc.nat({ max: 65_535 }),
        text: fc.uint8Array({ maxLength: 5 }),
      }),
      { maxLength: 20 },
    ),
    rows: fc.array(
      fc.tuple(
        fc.array(fc.double(), { minLength: requestColumns.length, maxLength: requestColumns.length }),
        fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\ud800-\udfff]/g, '?')),
      ),
      { maxLength: 5 },
    ),
  })
  .map(({ events, rows }) => ({
    worker: 3,
    events: {
      count: events.length,
      request: Uint32Array.from(events, (event) => event.request),
      atNs: Float64Array.from(events, (event) => event.atNs),
      tokens: Uint16Array.from(events, (event) => event.tokens),
      flags: Uint8Array.from(events, (event) => event.flags),
      prompt: Uint16Array.from(events, (event) => event.prompt),
      textBytes: Uint32Array.from(events, (event) => event.text.length),
    },
    text: Uint8Array.from(events.flatMap((event) => [...event.text])),
    requests: {
      count: rows.length,
      rows: Float64Array.from(rows.flatMap(([numbers]) => numbers)),
      details: rows.map(([, detail]) => detail),
    },
  }))

async function readAll(path: string): Promise<{ blocks: RecordBlock[]; bytesLost: number }> {
  const journal = await readJournal(path)
  const blocks: RecordBlock[] = []
  for await (const { block } of journal) blocks.push(block)
  await journal.close()
  return { blocks, bytesLost: journal.bytesLost }
}

function block(request: number): RecordBlock {
  return {
    worker: 0,
    events: {
      count: 1,
      request: Uint32Array.of(request),
      atNs: Float64Array.of(1.5),
      tokens: Uint16Array.of(1),
      flags: Uint8Array.of(1),
      prompt: Uint16Array.of(0),
      textBytes: Uint32Array.of(2),
    },
    text: Uint8Array.of(104, 105),
    requests: { count: 0, rows: new Float64Array(0), details: [] },
  }
}

describe('a journal', () => {
  test('gives back any blocks, in the order they came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBlock, { maxLength: 4 }), async (blocks) => {
        const folder = await newFolder()
        const journal = await openJournal(folder, 3)
        // Nobody waits in between: the journal keeps the order itself.
        await Promise.all(blocks.map((one) => journal.append([one])))
        await journal.close()
        expect(await readAll(journalPath(folder, 3))).toEqual({ blocks, bytesLost: 0 })
      }),
      { numRuns: 60 },
    )
  })

  test('cut at any byte gives its whole blocks and counts the rest as lost', async () => {
    const folder = await newFolder()
    const path = journalPath(folder, 0)
    const journal = await openJournal(folder, 0)
    const ends = [(await stat(path)).size]
    for (const request of [1, 2]) {
      await journal.append([block(request)])
      ends.push((await stat(path)).size)
    }
    await journal.close()
    const bytes = await readFile(path)
    const [header = 0, first = 0, second = 0] = ends
    expect(second).toBe(bytes.length)

    const cutPath = join(folder, 'cut.bin')
    for (let length = 0; length <= bytes.length; length++) {
      await writeFile(cutPath, bytes.subarray(0, length))
      const { blocks, bytesLost } = await readAll(cutPath)
      const whole = length === second ? 2 : length >= first ? 1 : 0
      expect(blocks).toEqual([block(1), block(2)].slice(0, whole))
      const kept = length < header ? 0 : (ends[whole] ?? 0)
      expect(bytesLost).toBe(length - kept)
    }
  })

  test('with a flipped byte ends before the damaged block', async () => {
    const folder = await newFolder()
    const path = journalPath(folder, 0)
    const journal = await openJournal(folder, 0)
    await journal.append([block(1)])
    const end = (await stat(path)).size
    await journal.append([block(2)])
    await journal.close()
    const bytes = await readFile(path)
    bytes[end + 20] = (bytes[end + 20] ?? 0) ^ 1
    await writeFile(path, bytes)
    expect(await readAll(path)).toEqual({ blocks: [block(1)], bytesLost: bytes.length - end })
  })

  test('whose end is zeros after a power cut gives its whole blocks', async () => {
    const folder = await newFolder()
    const path = journalPath(folder, 0)
    const journal = await openJournal(folder, 0)
    await journal.append([block(1)])
    await journal.close()
    await truncate(path, (await stat(path)).size + 4096)
    expect(await readAll(path)).toEqual({ blocks: [block(1)], bytesLost: 4096 })
  })

  test('of the first format has no prompts; of a newer one is refused', async () => {
    const one = block(7)
    const numbers = [
      Uint32Array.of(1, 0, 2, 0),
      one.events.atNs,
      one.events.request,
      one.events.textBytes,
      one.events.tokens,
      one.events.flags,
      one.text,
    ]
    const payload = Buffer.concat(numbers.map((array) => Buffer.from(array.buffer.slice(0))))
    const prefix = Buffer.alloc(8)
    prefix.writeUInt32LE(payload.length, 0)
    prefix.writeUInt32LE(crc32(payload), 4)
    const ofFormat = (format: number) =>
      Buffer.concat([encodeHeader({ ...journalHeader(0), format }), prefix, payload])
    const path = join(scratch, 'older.bin')
    await writeFile(path, ofFormat(1))
    expect(await readAll(path)).toEqual({ blocks: [one], bytesLost: 0 })
    await writeFile(path, ofFormat(3))
    await expect(readJournal(path)).rejects.toMatchObject({ code: 'newer-format' })
  })

  test('of another kind of file is refused', async () => {
    const path = join(scratch, 'other.bin')
    await writeFile(path, 'something else entirely')
    await expect(readJournal(path)).rejects.toMatchObject({ code: 'journal-unreadable' })
  })
})

/** A file in memory that takes at most `room` bytes, and at most `step` bytes a write. */
function smallFile(limits: { room: number; step: number }): JournalFile & { bytes(): Buffer } {
  let content = Buffer.alloc(0)
  return {
    bytes: () => content,
    async write(bytes, offset, length, position) {
      const count = Math.min(length, limits.step, limits.room - position)
      if (count <= 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      const larger = Buffer.alloc(Math.max(content.length, position + count))
      content.copy(larger)
      larger.set(bytes.subarray(offset, offset + count), position)
      content = larger
      return { bytesWritten: count }
    },
    async truncate(length) {
      content = content.subarray(0, length)
    },
    async datasync() {},
    async close() {},
  }
}

describe('appending', () => {
  test('goes on after a partial write', async () => {
    const file = smallFile({ room: 10_000, step: 7 })
    const journal = await journalInto(file, 'x.bin', 0)
    await journal.append([block(5)])
    const path = join(scratch, 'partial.bin')
    await writeFile(path, file.bytes())
    expect(await readAll(path)).toEqual({ blocks: [block(5)], bytesLost: 0 })
  })

  test('to a full disk rejects, leaves whole blocks, and works again once there is room', async () => {
    const limits = { room: 10_000, step: 10_000 }
    const file = smallFile(limits)
    const journal = await journalInto(file, 'x.bin', 0)
    await journal.append([block(1)])
    const end = file.bytes().length
    limits.room = end + 10
    await expect(journal.append([block(2)])).rejects.toMatchObject({
      code: 'storage',
      exitCode: 5,
      message: 'Cannot write x.bin: the disk is full.',
    })
    expect(file.bytes().length).toBe(end)

    limits.room = 10_000
    await journal.append([block(3)])
    const path = join(scratch, 'full.bin')
    await writeFile(path, file.bytes())
    expect(await readAll(path)).toEqual({ blocks: [block(1), block(3)], bytesLost: 0 })
  })

  test('where a journal is already is refused', async () => {
    const folder = await newFolder()
    await (await openJournal(folder, 0)).close()
    await expect(openJournal(folder, 0)).rejects.toMatchObject({ code: 'storage' })
  })
})
