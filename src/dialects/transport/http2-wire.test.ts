import { createServer as createHttp1Server } from 'node:http'
import { constants, createServer, type ServerHttp2Stream } from 'node:http2'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  answer,
  answerTogether,
  ending,
  follow,
  frame,
  portOf,
  reply,
  send,
  serve,
  stream200,
  wireTo,
} from '../../../test/http2-server.ts'

test('a request and its reply', async () => {
  const { url } = await serve((stream) => answer(stream))
  const wire = await wireTo(url)
  await wire.open(3)
  const told = await send(wire).over
  expect(told).toMatchObject({
    texts: [' one', ' two'],
    usage: [2],
    status: 200,
    outcome: 'completed',
    bodyBytes: Buffer.byteLength(reply),
    connectedNs: undefined,
  })
  expect(told.calls).toEqual(['sent', 'written', 'headers', 'end'])
  expect(told.headersNs).toBeGreaterThan(told.sentNs)
  expect(wire.connections).toEqual({ open: 1, made: 1 })
})

test('the body arrives as it was encoded', async () => {
  const bodies: string[] = []
  const { url } = await serve((stream) => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      bodies.push(Buffer.concat(parts).toString('utf8'))
      answer(stream)
    })
  })
  const wire = await wireTo(url)
  await send(wire, 7).over
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
    model: 'tiny',
    messages: [{ role: 'user', content: 'question 7' }],
    stream: true,
  })
})

test('headers are those of HTTP/1.1 in lower case, without what HTTP/2 forbids', async () => {
  const heads: Record<string, unknown>[] = []
  const server = createServer()
  server.on('stream', (stream, headers) => {
    heads.push({ ...headers })
    answer(stream)
  })
  const url = `http://127.0.0.1:${await portOf(server)}`
  const wire = await wireTo(url, { headers: { 'X-Team': 'search' } })
  await send(wire, 3).over
  expect(heads[0]).toMatchObject({
    ':method': 'POST',
    ':path': '/v1/chat/completions',
    ':scheme': 'http',
    ':authority': url.slice('http://'.length),
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'x-team': 'search',
    'x-request-id': 'test-3',
    'content-length': String(wire.encode(3).bytes.length),
  })
  expect(heads[0]).not.toHaveProperty('connection')
})

test('the same bytes give the same events as over HTTP/1.1, however they are cut', async () => {
  let pieces: readonly Buffer[] = []
  const http1 = createHttp1Server((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    response.end()
  })
  const one = await wireTo(`http://127.0.0.1:${await portOf(http1)}`, {}, 'http1')
  onTestFinished(() => http1.closeAllConnections())
  const { url } = await serve((stream) => {
    stream.respond(stream200)
    for (const piece of pieces) stream.write(piece)
    stream.end()
  })
  const two = await wireTo(url)
  const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 12,
  })
  const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(texts, cuts, async (said, lengths) => {
      const bytes = Buffer.from([...said.map(frame), ending].join(''))
      const cut: Buffer[] = []
      let at = 0
      for (const length of [...lengths, bytes.length]) {
        if (at < bytes.length) cut.push(bytes.subarray(at, at + length))
        at += length
      }
      pieces = cut
      const [first, second] = await Promise.all([send(one).over, send(two).over])
      expect(first.texts).toEqual(said)
      for (const key of ['texts', 'usage', 'status', 'bodyBytes', 'outcome'] as const) {
        expect(second[key]).toEqual(first[key])
      }
    }),
    { numRuns: 60 },
  )
})

test('events of one read share an instant, those of different reads do not', async () => {
  const { url } = await serve((stream) => {
    stream.respond(stream200)
    stream.write(frame(' one'))
    stream.write(frame(' two'))
    // The client's ping tells that it has read the first two.
    stream.session?.ping(() => {
      stream.end(frame(' three') + ending)
    })
  })
  const wire = await wireTo(url)
  const { eventAtNs, headersNs, texts } = await send(wire).over
  const [one = 0, two = 0, three = 0] = eventAtNs
  expect(texts).toEqual([' one', ' two', ' three'])
  expect([headersNs, two]).toEqual([one, one])
  expect(three).toBeGreaterThan(two)
})

test('many streams share one session', async () => {
  const { url, sessions } = await serve(answerTogether(200))
  const wire = await wireTo(url)
  await wire.open(200)
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => send(wire, i).over))
  expect(all.map(({ outcome }) => outcome)).toEqual(all.map(() => 'completed'))
  expect(all.every(({ connectedNs }) => connectedNs === undefined)).toBe(true)
  expect(sessions.length).toBe(1)
})

test('as many sessions are opened ahead as the limit on streams makes necessary', async () => {
  const open = new Map<ServerHttp2Stream['session'], number>()
  let most = 0
  const together = answerTogether(10)
  const { url, sessions } = await serve(
    (stream) => {
      const { session } = stream
      open.set(session, (open.get(session) ?? 0) + 1)
      most = Math.max(most, open.get(session) ?? 0)
      stream.on('close', () => open.set(session, (open.get(session) ?? 0) - 1))
      together(stream)
    },
    { maxConcurrentStreams: 3 },
  )
  const wire = await wireTo(url)
  await wire.open(10)
  expect(wire.connections).toEqual({ open: 4, made: 4 })
  const all = await Promise.all(Array.from({ length: 10 }, (_, i) => send(wire, i).over))
  expect(all.map(({ outcome }) => outcome)).toEqual(all.map(() => 'completed'))
  expect(most).toBe(3)
  expect(sessions.length).toBe(4)
})

test('without sessions opened ahead, requests wait for theirs and surplus ones for further sessions', async () => {
  const { url, sessions } = await serve(answerTogether(10), { maxConcurrentStreams: 4 })
  const wire = await wireTo(url)
  const all = await Promise.all(Array.from({ length: 10 }, (_, i) => send(wire, i).over))
  expect(all.map(({ outcome }) => outcome)).toEqual(all.map(() => 'completed'))
  expect(all.every(({ connectedNs = 0, sentNs }) => connectedNs > 0 && connectedNs <= sentNs)).toBe(true)
  expect(sessions.length).toBe(3)
})

test('the next request takes the stream that a reply has just left', async () => {
  const { url, sessions } = await serve((stream) => answer(stream), { maxConcurrentStreams: 1 })
  const wire = await wireTo(url)
  await wire.open(1)
  const following = follow()
  const first = { ...following.sink, ended: () => void wire.send(wire.encode(1), following.sink) }
  wire.send(wire.encode(0), first)
  expect((await following.over).outcome).toBe('completed')
  expect(sessions.length).toBe(1)
})

test('fresh: each request has a session of its own, which ends with it', async () => {
  const { url, sessions } = await serve((stream) => answer(stream))
  const wire = await wireTo(url, { connections: 'fresh' })
  await wire.open(5)
  expect(wire.connections.made).toBe(0)
  for (const index of [0, 1, 2]) {
    const { outcome, connectedNs = 0, sentNs } = await send(wire, index).over
    expect(outcome).toBe('completed')
    expect(connectedNs).toBeGreaterThan(0)
    expect(connectedNs).toBeLessThanOrEqual(sentNs)
  }
  expect(sessions.length).toBe(3)
  await vi.waitFor(() => expect(wire.connections).toEqual({ open: 0, made: 3 }))
})

test('GOAWAY lets the replies under way come to their end, and later requests go elsewhere', async () => {
  let slow: ServerHttp2Stream | undefined
  const { url, sessions } = await serve((stream, number) => {
    if (number > 0) return answer(stream)
    slow = stream
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR)
    stream.respond(stream200)
    stream.write(frame(' one'))
  })
  const wire = await wireTo(url)
  const first = send(wire, 0)
  await vi.waitFor(() => expect(first.told.texts).toEqual([' one']))
  const second = await send(wire, 1).over
  slow?.end(ending)
  expect([(await first.over).outcome, second.outcome]).toEqual(['completed', 'completed'])
  expect(sessions.length).toBe(2)
})

test('a cancelled request resets its stream only, and its sink hears nothing of it', async () => {
  const codes: number[] = []
  let slow: ServerHttp2Stream | undefined
  const { url, sessions } = await serve((stream, number) => {
    if (number > 1) return answer(stream)
    if (number === 1) {
      slow = stream
      stream.respond(stream200)
      stream.write(frame(' one'))
      return
    }
    stream.respond(stream200)
    stream.write(frame(' one'))
    stream.on('close', () => codes.push(stream.rstCode))
  })
  const wire = await wireTo(url)
  await wire.open(2)
  const cancelled = send(wire, 0)
  const kept = send(wire, 1)
  await vi.waitFor(() => expect([...cancelled.told.texts, ...kept.told.texts]).toEqual([' one', ' one']))
  cancelled.cancel()
  await vi.waitFor(() => expect(codes).toEqual([constants.NGHTTP2_CANCEL]))
  slow?.end(ending)
  expect((await kept.over).outcome).toBe('completed')
  expect((await send(wire, 2).over).outcome).toBe('completed')
  expect(cancelled.told.outcome).toBeUndefined()
  expect(cancelled.told.calls).not.toContain('end')
  expect(sessions.length).toBe(1)
})

test('a cancelled fresh request takes its session with it', async () => {
  const { url } = await serve((stream) => {
    stream.respond(stream200)
    stream.write(frame(' one'))
  })
  const wire = await wireTo(url, { connections: 'fresh' })
  const { told, cancel } = send(wire)
  await vi.waitFor(() => expect(told.texts).toEqual([' one']))
  cancel()
  await vi.waitFor(() => expect(wire.connections).toEqual({ open: 0, made: 1 }))
})

test.each([
  'reuse',
  'fresh',
] as const)('a request cancelled while it connects is never sent: %s', async (connections) => {
  let streams = 0
  const { url } = await serve((stream) => {
    streams++
    answer(stream)
  })
  const wire = await wireTo(url, { connections })
  const cancelled = send(wire, 0)
  cancelled.cancel()
  expect((await send(wire, 1).over).outcome).toBe('completed')
  expect([streams, cancelled.told.calls]).toEqual([1, []])
})

test('several hundred long prompts at once pass', async () => {
  const { url } = await serve(answerTogether(300))
  const text = 'word '.repeat(20_000)
  const wire = await wireTo(url, {
    request: (index) => ({
      id: index,
      input: { kind: 'prompt', text },
      output: { tokens: 2, mode: 'up-to' },
      sampling: {},
    }),
  })
  await wire.open(300)
  const all = await Promise.all(Array.from({ length: 300 }, (_, i) => send(wire, i).over))
  expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['completed']))
})
