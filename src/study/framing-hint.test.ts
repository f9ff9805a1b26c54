import { expect, test } from 'vitest'
import { loadDialect } from '../dialects/index.ts'
import { Reply } from '../dialects/transport/reply.ts'
import type { Framing } from '../model/dialect.ts'
import type { WireSink } from '../model/wire.ts'
import { framingHint } from './framing-hint.ts'

/** Why a reply cannot be read in a custom dialect of the given framing. */
async function failureOf(framing: Framing, contentType: string, body: string): Promise<string> {
  const reply = framing === 'raw' ? { framing } : { framing, text: 'text' }
  const dialect = await loadDialect('custom', { path: '/g', body: { p: '{{prompt}}' }, reply })
  const said: string[] = []
  const nothing = () => {}
  const sink = new Proxy({} as WireSink, {
    get: (_, key) => (key === 'fail' ? (_kind: string, message: string) => void said.push(message) : nothing),
  })
  const one = new Reply(dialect, false)
  one.begin(sink, [])
  const head = { status: 200, reason: 'OK', contentType, contentEncoding: 'identity' }
  one.head(0, { ...head, location: undefined, retryAfterS: undefined })
  const bytes = Buffer.from(body)
  one.body(0, bytes, 0, bytes.length)
  one.finish()
  return said[0] ?? ''
}

test.each([
  ['sse', 'application/x-ndjson', '{"text":"a"}\n{"text":"b"}\n', 'custom with reply: {framing: ndjson}'],
  ['sse', 'text/plain', 'one two', 'custom with reply: {framing: raw}'],
  ['ndjson', 'text/event-stream', 'data: {"text":"a"}\n\n', 'openai-chat'],
  ['json', 'text/event-stream', 'data: {"text":"a"}\n\n', 'openai-chat'],
  ['raw', 'application/json', '{"text":"a"}', 'custom with reply: {framing: json}'],
] as const)('a reader of %s that meets %s names the dialect to try', async (framing, type, body, named) => {
  expect(await framingHint(await failureOf(framing, type, body), framing)).toContain(named)
})

test('what is no framing gives no hint', async () => {
  expect(await framingHint(await failureOf('sse', 'text/html', '<h1>Hello'), 'sse')).toBeUndefined()
})
