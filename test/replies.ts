// Replies read by a dialect's reader, as lines that a test can compare.
import { makeSplitter } from '../src/dialects/framing/index.ts'
import type { Framing, StreamReader, StreamSink } from '../src/model/dialect.ts'
import { eventFlags } from '../src/model/record.ts'

const flagNames = Object.entries(eventFlags)
/** Bytes of a stream, in a buffer that the transport uses again. */
const scratch = Buffer.alloc(256 * 1024)

/** Writes down what a reader says, a line each: `content 1 " a"`, `finish stop`, `usage input=3 output=2` … */
export function listen(said: string[]): StreamSink {
  return {
    prompt: (index) => void said.push(`prompt ${index}`),
    event: (flags, tokens, bytes, start, end) => {
      const names = flagNames.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name)
      const text = Buffer.from(bytes.subarray(start, end)).toString('utf8')
      said.push(`${names.join('+')} ${tokens} ${JSON.stringify(text)}`)
    },
    usage: (usage) => {
      const counts = Object.entries(usage).map(([key, value]) => `${key.replace('Tokens', '')}=${value}`)
      said.push(`usage ${counts.join(' ')}`)
    },
    finish: (reason) => void said.push(`finish ${reason}`),
    serverId: (id) => void said.push(`id ${id}`),
    fail: (kind, message) => void said.push(`fail ${kind}: ${message}`),
  }
}

/** What a reader says of a stream of events that comes in the given pieces. */
export function readPieces(
  reader: StreamReader,
  pieces: readonly Uint8Array[],
  framing: Framing = 'sse',
): string[] {
  const said: string[] = []
  const sink = listen(said)
  const splitter = makeSplitter(framing, (bytes, start, end) => reader.read(bytes, start, end, sink))
  reader.reset([])
  for (const piece of pieces) {
    scratch.fill(120, 0, piece.length + 16)
    scratch.set(piece, 7)
    splitter.feed(scratch, 7, 7 + piece.length)
  }
  splitter.end()
  reader.end(sink)
  return said
}

/** What a reader says of a stream of events. */
export function readStream(reader: StreamReader, stream: string, framing: Framing = 'sse'): string[] {
  return readPieces(reader, [Buffer.from(stream)], framing)
}

/** What a reader says of a body that is no stream. */
export function readWhole(reader: StreamReader, body: string): string[] {
  const said: string[] = []
  const sink = listen(said)
  const bytes = Buffer.from(body)
  reader.reset([])
  reader.read(bytes, 0, bytes.length, sink)
  reader.end(sink)
  return said
}

/** Payloads as lines. */
export function lines(...payloads: readonly object[]): string {
  return payloads.map((payload) => `${JSON.stringify(payload)}\n`).join('')
}

/** Payloads as events of a stream. */
export function events(...payloads: readonly (string | object)[]): string {
  return payloads
    .map((payload) => `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`)
    .join('')
}

/**
 * Every way in which a stream comes in two reads, all its bytes one by one, and lines that end in CRLF. Only what
 * differs from the stream in one read is returned.
 */
export function cutsThatMatter(
  makeReader: () => StreamReader,
  stream: string,
  framing: Framing = 'sse',
): string[] {
  const bytes = Buffer.from(stream)
  const reader = makeReader()
  const expected = JSON.stringify(readPieces(reader, [bytes], framing))
  const differs = (pieces: readonly Uint8Array[]) =>
    JSON.stringify(readPieces(reader, pieces, framing)) !== expected
  const found: string[] = []
  for (let cut = 1; cut < bytes.length; cut++) {
    if (differs([bytes.subarray(0, cut), bytes.subarray(cut)])) found.push(`cut at ${cut}`)
  }
  if (differs(Array.from(bytes, (byte) => Uint8Array.of(byte)))) found.push('byte by byte')
  if (differs([Buffer.from(stream.replaceAll('\n', '\r\n'))])) found.push('CRLF')
  return found
}
