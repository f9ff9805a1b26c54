import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type RecordBlock, requestColumns } from '../model/record-block.ts'
import { type JournalReader, readJournal } from './journal-reader.ts'

/** Bytes of captured text kept of one reply. */
export const textLimit = 64 * 1024
const width = requestColumns.length
const indexColumn = requestColumns.indexOf('index')

/** A block's place, and the lowest and highest request in it. */
interface BlockPlace {
  readonly journal: JournalReader
  readonly position: number
  readonly low: number
  readonly high: number
}

/** What one pass over all journals of a run finds: enough to gather any range of requests in bounded memory. */
export interface JournalSurvey {
  /** One more than the highest index. */
  readonly end: number
  /** By index: how many rows, events and bytes of captured text (up to the limit) there are. */
  readonly rows: Uint32Array
  readonly events: Uint32Array
  readonly textBytes: Uint32Array
  /** By index: characters of the request's strings. */
  readonly detailLength: Uint32Array
  readonly eventTotal: number
  /** Bytes after the last whole block of each journal. */
  readonly bytesLost: number
  /** Blocks that hold a request of [from, to), in the order they were written. */
  blocks(from: number, to: number): AsyncGenerator<RecordBlock>
  close(): Promise<void>
}

/** Reads every journal (`*.bin`) of a folder once. */
export async function surveyJournals(folder: string): Promise<JournalSurvey> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin'))
  // In the workers' order, whatever the file system's is.
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  const tally = new Tally()
  const journals: JournalReader[] = []
  const places: BlockPlace[] = []
  const close = async () => {
    await Promise.all(journals.map((journal) => journal.close()))
  }
  let bytesLost = 0
  try {
    for (const name of names) {
      const journal = await readJournal(join(folder, name))
      journals.push(journal)
      for await (const { block, position } of journal) {
        places.push({ journal, position, ...tally.add(block) })
      }
      bytesLost += journal.bytesLost
    }
  } catch (error) {
    await close()
    throw error
  }
  const { end } = tally
  return {
    end,
    rows: tally.rows,
    events: tally.events,
    textBytes: tally.textBytes,
    detailLength: tally.detailLength,
    eventTotal: tally.eventTotal,
    bytesLost,
    async *blocks(from, to) {
      for (const { journal, position, low, high } of places) {
        if (low >= to || high < from) continue
        const block = await journal.readAt(position)
        if (block === undefined) throw new Error(`A journal changed while it was read (at byte ${position}).`)
        yield block
      }
    },
    close,
  }
}

/** Counters by request index that grow with the highest index met. */
class Tally {
  rows = new Uint32Array(1024)
  events = new Uint32Array(1024)
  textBytes = new Uint32Array(1024)
  detailLength = new Uint32Array(1024)
  end = 0
  eventTotal = 0

  add(block: RecordBlock): { low: number; high: number } {
    const { events, requests } = block
    let low = Number.POSITIVE_INFINITY
    let high = -1
    for (const index of events.request) {
      if (index < low) low = index
      if (index > high) high = index
    }
    for (let row = 0; row < requests.count; row++) {
      const index = requests.rows[row * width + indexColumn] ?? 0
      if (index < low) low = index
      if (index > high) high = index
    }
    this.#grow(high + 1)

    for (let i = 0; i < events.count; i++) {
      const index = events.request[i] ?? 0
      this.events[index] = (this.events[index] ?? 0) + 1
      const text = (this.textBytes[index] ?? 0) + (events.textBytes[i] ?? 0)
      this.textBytes[index] = Math.min(text, textLimit)
    }
    for (const [row, detail] of requests.details.entries()) {
      const index = requests.rows[row * width + indexColumn] ?? 0
      this.rows[index] = (this.rows[index] ?? 0) + 1
      this.detailLength[index] = detail.length
    }
    this.eventTotal += events.count
    return { low, high }
  }

  #grow(end: number): void {
    this.end = Math.max(this.end, end)
    const room = this.rows.length
    if (end <= room) return
    const larger = Math.max(end, room * 2)
    const grown = (counts: Uint32Array) => {
      const copy = new Uint32Array(larger)
      copy.set(counts)
      return copy
    }
    this.rows = grown(this.rows)
    this.events = grown(this.events)
    this.textBytes = grown(this.textBytes)
    this.detailLength = grown(this.detailLength)
  }
}
