import { requestColumns } from '../model/record-block.ts'
import { type JournalSurvey, textLimit } from './journal-survey.ts'

/** What one batch may take in memory, at least one request apart. */
const batchLimit = { requests: 65_536, bytes: 64 * 1024 * 1024 }
const eventBytes = 8 + 2 + 1 + 2 + 4
const width = requestColumns.length
const indexColumn = requestColumns.indexOf('index')

/** Requests of [from, to) with their events put together; request `from + k` is number k in every array. */
export interface Batch {
  readonly from: number
  readonly to: number
  readonly worker: Uint32Array
  /** `requestColumns.length` numbers a request, its last row; all NaN when it has none. */
  readonly rows: Float64Array
  /** JSON `RequestDetail` or ''. */
  readonly details: readonly string[]
  /** Events of number k lie in [eventStart[k], eventStart[k + 1]). */
  readonly eventStart: Uint32Array
  readonly atNs: Float64Array
  readonly tokens: Uint16Array
  readonly flags: Uint8Array
  readonly prompt: Uint16Array
  /** Bytes of the request's text up to and with this event. */
  readonly textEnd: Uint32Array
  /** Captured text of number k lies in [textStart[k], textStart[k + 1]). */
  readonly textStart: Uint32Array
  readonly text: Uint8Array
}

/** All requests of a run, lowest index first, in batches of bounded size. */
export async function* gather(survey: JournalSurvey): AsyncGenerator<Batch> {
  let from = 0
  while (from < survey.end) {
    const to = batchEnd(survey, from)
    yield await gatherBatch(survey, from, to)
    from = to
  }
}

function batchEnd(survey: JournalSurvey, from: number): number {
  const last = Math.min(survey.end, from + batchLimit.requests)
  let bytes = 0
  for (let index = from; index < last; index++) {
    bytes +=
      (survey.events[index] ?? 0) * eventBytes +
      (survey.textBytes[index] ?? 0) +
      (survey.detailLength[index] ?? 0)
    if (bytes > batchLimit.bytes && index > from) return index
  }
  return last
}

async function gatherBatch(survey: JournalSurvey, from: number, to: number): Promise<Batch> {
  const count = to - from
  const eventStart = starts(survey.events.subarray(from, to))
  const textStart = starts(survey.textBytes.subarray(from, to))
  const eventTotal = eventStart[count] ?? 0
  const worker = new Uint32Array(count)
  const rows = new Float64Array(count * width).fill(Number.NaN)
  const details = new Array<string>(count).fill('')
  const atNs = new Float64Array(eventTotal)
  const tokens = new Uint16Array(eventTotal)
  const flags = new Uint8Array(eventTotal)
  const prompt = new Uint16Array(eventTotal)
  const textEnd = new Uint32Array(eventTotal)
  const text = new Uint8Array(textStart[count] ?? 0)
  /** By number: where its next event goes, and how much text it had so far. */
  const nextEvent = eventStart.slice(0, count)
  const textSoFar = new Uint32Array(count)

  for await (const block of survey.blocks(from, to)) {
    const { events, requests } = block
    let textAt = 0
    for (let i = 0; i < events.count; i++) {
      const bytes = events.textBytes[i] ?? 0
      const k = (events.request[i] ?? 0) - from
      if (k >= 0 && k < count) {
        const at = nextEvent[k] ?? 0
        nextEvent[k] = at + 1
        atNs[at] = events.atNs[i] ?? 0
        tokens[at] = events.tokens[i] ?? 0
        flags[at] = events.flags[i] ?? 0
        prompt[at] = events.prompt[i] ?? 0
        const had = textSoFar[k] ?? 0
        if (bytes > 0 && had < textLimit) {
          const kept = Math.min(bytes, textLimit - had)
          text.set(block.text.subarray(textAt, textAt + kept), (textStart[k] ?? 0) + had)
        }
        textSoFar[k] = had + bytes
        textEnd[at] = had + bytes
      }
      textAt += bytes
    }
    for (let row = 0; row < requests.count; row++) {
      const k = (requests.rows[row * width + indexColumn] ?? 0) - from
      if (k < 0 || k >= count) continue
      // The last row of a request wins: an earlier one announced that it was in flight.
      rows.set(requests.rows.subarray(row * width, (row + 1) * width), k * width)
      worker[k] = block.worker
      details[k] = requests.details[row] ?? ''
    }
  }
  return {
    from,
    to,
    worker,
    rows,
    details,
    eventStart,
    atNs,
    tokens,
    flags,
    prompt,
    textEnd,
    textStart,
    text,
  }
}

/** Running totals: where each of the counted things starts, and one past the end. */
function starts(counts: Uint32Array): Uint32Array {
  const start = new Uint32Array(counts.length + 1)
  let total = 0
  for (let i = 0; i < counts.length; i++) {
    start[i] = total
    total += counts[i] ?? 0
  }
  start[counts.length] = total
  return start
}
