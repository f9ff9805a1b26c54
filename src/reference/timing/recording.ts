import { createReadStream } from 'node:fs'
import { AssayError, messageOf } from '../../model/errors.ts'
import type { Timeline } from './timing-model.ts'

const NS_PER_US = 1000
const maxUint32 = 2 ** 32 - 1
const maxTokens = 65_535

/** Recorded timelines; lines are counted from 0. */
export interface Recording {
  readonly lines: number
  timeline(line: number): Timeline
}

interface RecordedLine {
  readonly index: number
  readonly atUs: readonly number[]
  readonly tokens: readonly number[] | undefined
}

/**
 * Reads a recording: one JSON object a line and recorded request, in the order of their indexes,
 * `{"index":0,"atUs":[12000,22000],"tokens":[1,1]}`: event instants in µs after the request was sent, never falling,
 * and the tokens of each (absent: 1 each). Takes 8 bytes an event.
 * @throws AssayError `reference-option` with file and line
 */
export async function readRecording(file: string): Promise<Recording> {
  /** Of all lines, one after the other. */
  let atUs = new Uint32Array(4096)
  /** Tokens of the same line up to and with this event. */
  let tokensUpTo = new Uint32Array(4096)
  let events = 0
  /** Where each line's events begin, and where the last one's end. */
  const starts = [0]
  let lastIndex = -1
  let number = 0
  try {
    for await (const text of linesOf(file)) {
      number++
      if (text.trim() === '') continue
      const line = readLine(text, lastIndex)
      if (typeof line === 'string') throw mistake(`${file}:${number}: ${line}`)
      lastIndex = line.index
      if (events + line.atUs.length > atUs.length) {
        atUs = grown(atUs, events + line.atUs.length)
        tokensUpTo = grown(tokensUpTo, events + line.atUs.length)
      }
      let tokens = 0
      for (const [event, us] of line.atUs.entries()) {
        tokens += line.tokens === undefined ? 1 : (line.tokens[event] ?? 0)
        atUs[events] = Math.round(us)
        tokensUpTo[events++] = tokens
      }
      starts.push(events)
    }
  } catch (cause) {
    if (cause instanceof AssayError) throw cause
    throw mistake(`The recording ${file} cannot be read: ${messageOf(cause)}`)
  }
  if (starts.length === 1) throw mistake(`The recording ${file} has no lines.`)
  return {
    lines: starts.length - 1,
    timeline(line) {
      const start = starts[line] ?? 0
      const end = starts[line + 1] ?? start
      return timelineOf(atUs.subarray(start, end), tokensUpTo.subarray(start, end))
    },
  }
}

// Not readline: it leaves a stream's errors unhandled.
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest
}

function timelineOf(atUs: Uint32Array, tokensUpTo: Uint32Array): Timeline {
  const events = atUs.length
  const lastUs = atUs[events - 1] ?? 0
  const tokens = tokensUpTo[events - 1] ?? 0
  return {
    due: (event) => (atUs[event] ?? lastUs) * NS_PER_US,
    recorded: {
      events,
      // Beyond the end, for faults that go on for ever: a token an event.
      before: (event) => (event === 0 ? 0 : (tokensUpTo[event - 1] ?? tokens + event - events)),
    },
  }
}

/** A sentence when the line is no recorded request. */
function readLine(text: string, indexBefore: number): RecordedLine | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'this line is not JSON.'
  }
  if (value === null || typeof value !== 'object') return 'this line is no JSON object.'
  const { index, atUs, tokens } = value as Record<string, unknown>
  if (typeof index !== 'number' || !Number.isInteger(index) || index <= indexBefore) {
    return `index is ${JSON.stringify(index)}; it must be a whole number above that of the line before.`
  }
  if (!Array.isArray(atUs)) return 'atUs must be a list of microseconds.'
  let beforeUs = 0
  for (const [event, us] of atUs.entries()) {
    if (typeof us !== 'number' || !(us >= 0 && us <= maxUint32)) {
      return `atUs[${event}] is ${JSON.stringify(us)}; it must be a number from 0 to ${maxUint32}.`
    }
    if (us < beforeUs) return `atUs[${event}] is ${us}, before the event ahead of it (${beforeUs}).`
    beforeUs = us
  }
  if (tokens === undefined) return { index, atUs, tokens }
  if (!Array.isArray(tokens) || tokens.length !== atUs.length) {
    return 'tokens must be a list as long as atUs.'
  }
  for (const [event, count] of tokens.entries()) {
    if (!Number.isInteger(count) || count < 0 || count > maxTokens) {
      return `tokens[${event}] is ${JSON.stringify(count)}; it must be a whole number from 0 to ${maxTokens}.`
    }
  }
  return { index, atUs, tokens }
}

function grown(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(length, 2 * array.length))
  larger.set(array)
  return larger
}

function mistake(message: string): AssayError {
  return new AssayError('reference-option', message, {
    hint: 'A recording has one line a request, such as {"index":0,"atUs":[12000,22000]}.',
  })
}
