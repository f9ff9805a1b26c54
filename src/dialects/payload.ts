import type { StreamSink, Usage } from '../model/dialect.ts'

const decoder = new TextDecoder()

/** The JSON value in bytes[start, end); on anything else tells the sink `malformed` and gives `undefined`. */
export function parseJson(bytes: Uint8Array, start: number, end: number, sink: StreamSink): unknown {
  const json = decoder.decode(bytes.subarray(start, end))
  try {
    return JSON.parse(json) as unknown
  } catch {
    sink.fail('malformed', `The server sent something that is not JSON: ${excerpt(json)}`)
    return undefined
  }
}

/** A field of `Usage`, when the server's value is a count. */
export function countOf(key: keyof Usage, value: unknown): Usage {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? { [key]: value } : {}
}

/** One line of at most 200 characters. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
