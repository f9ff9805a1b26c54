import { expect, test } from 'vitest'
import { dialectNames, type StreamSink } from '../model/dialect.ts'
import { SseSplitter } from './framing/sse.ts'
import { loadDialect } from './index.ts'

/** Everything a reader says, in order. */
function listener(said: string[]): StreamSink {
  return {
    event: (_, tokens, bytes, start, end) =>
      void said.push(`${tokens}:${Buffer.from(bytes.subarray(start, end)).toString('utf8')}`),
    usage: (usage) => void said.push(`usage ${usage.inputTokens} ${usage.outputTokens}`),
    finish: (reason) => void said.push(`finish ${reason}`),
    serverId: () => {},
    prompt: () => {},
    fail: (kind, message) => void said.push(`fail ${kind} ${message}`),
  }
}

test.each(dialectNames)('%s reads its own example, events repeated', async (name) => {
  const dialect = await loadDialect(name)
  const said: string[] = []
  const sink = listener(said)
  const reader = dialect.makeReader()
  reader.reset([])
  const splitter = new SseSplitter((bytes, start, end) => reader.read(bytes, start, end, sink))
  const { events, ending } = dialect.example
  const stream = Buffer.from([...events, ...events, ending].join(''))
  splitter.feed(stream, 0, stream.length)
  reader.end(sink)
  expect(said).toEqual(['1: one', '1: two', '1: one', '1: two', 'finish stop', 'usage 3 2'])
})
