import { createServer as createHttp1Server } from 'node:http'
import { constants, createServer, type ServerHttp2Stream } from 'node:http2'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import {
  answer,
  frame,
  portOf,
  rstStream,
  send,
  serve,
  stream200,
  wireTo,
} from '../../../test/http2-server.ts'

test('a refusal carries the status, the sentence of its body and Retry-After', async () => {
  const { url } = await serve((stream) => {
    stream.respond({ ':status': 429, 'retry-after': '7', 'content-type': 'application/json' })
    stream.end('{"error":{"message":"slow down"}}')
  })
  expect(await send(await wireTo(url)).over).toMatchObject({
    status: 429,
    retryAfterS: 7,
    outcome: 'http-status',
    message: '429: slow down',
    texts: [],
  })
})

test.each<
  [what: string, respond: (stream: ServerHttp2Stream, socket: Socket) => void, kind: string, message: RegExp]
>([
  [
    'a redirect',
    (stream) => stream.respond({ ':status': 307, location: '/elsewhere' }, { endStream: true }),
    'redirect',
    /307 redirects to \/elsewhere/,
  ],
  [
    'a refusal before the request was read',
    (stream) => stream.respond({ ':status': 413 }, { endStream: true }),
    'http-status',
    /^413$/,
  ],
  [
    'an error in the stream',
    (stream) => answer(stream, 'data: {"error":{"message":"out of memory"}}\n\n'),
    'stream-error',
    /^out of memory$/,
  ],
  [
    'a page of HTML',
    (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/html' })
      stream.end('<h1>Hello</h1>')
    },
    'malformed',
    /neither a stream of events nor JSON \(text\/html\): <h1>Hello/,
  ],
  [
    'a compressed reply',
    (stream) => {
      stream.respond({ ...stream200, 'content-encoding': 'gzip' })
      stream.end('x')
    },
    'protocol',
    /compressed \(gzip\)/,
  ],
  [
    'an endless reply that is no stream',
    (stream) => {
      stream.respond({ ':status': 500 })
      stream.end(Buffer.alloc(5 * 1024 * 1024))
    },
    'too-large',
    /longer than 4 MiB/,
  ],
  [
    'an endless event',
    (stream) => {
      stream.respond(stream200)
      stream.end(Buffer.alloc(5 * 1024 * 1024, 'x'))
    },
    'too-large',
    /event of the stream is longer/,
  ],
  [
    'a head of too many lines',
    (stream) =>
      stream.respond({
        ...stream200,
        ...Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`x-${i}`, 'x'])),
      }),
    'too-large',
    /head is longer than 64 KiB/,
  ],
  [
    'a reset before the head',
    (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    'reset',
    /INTERNAL_ERROR/,
  ],
  [
    'a reset inside the reply',
    (stream, socket) => {
      stream.respond(stream200)
      stream.write(frame(' one'), () => socket.write(rstStream(stream, constants.NGHTTP2_CANCEL)))
    },
    'reset',
    /CANCEL/,
  ],
  [
    'a stream that ends without its end',
    (stream) => answer(stream, frame(' one')),
    'truncated',
    /without a finish reason/,
  ],
  ['a lost connection before the head', (_, socket) => socket.destroy(), 'reset', /closed before the reply/],
  [
    'a lost connection inside the reply',
    (stream) => {
      stream.respond(stream200)
      const { session } = stream
      // The client's answer tells that it has read the event.
      stream.write(frame(' one'), () => session?.ping(() => session.destroy()))
    },
    'truncated',
    /in the middle of the reply/,
  ],
  [
    'a wish for HTTP/1.1',
    (stream) => stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED),
    'protocol',
    /--transport http1/,
  ],
])('%s', async (_, respond, kind, message) => {
  const { url } = await serve((stream, _, socket) => respond(stream, socket))
  const { outcome, message: said, calls } = await send(await wireTo(url)).over
  expect([outcome, said]).toEqual([kind, expect.stringMatching(message)])
  expect(calls.filter((call) => call === 'end').length).toBe(1)
})

test('a stream that fails leaves the others of its session alone', async () => {
  let first: ServerHttp2Stream | undefined
  const { url, sessions } = await serve((stream, number) => {
    if (number === 0) first = stream
    else first?.close(constants.NGHTTP2_INTERNAL_ERROR)
    if (number > 0) answer(stream)
  })
  const wire = await wireTo(url)
  await wire.open(2)
  const [one, two] = await Promise.all([send(wire, 0).over, send(wire, 1).over])
  expect([one.outcome, two.outcome]).toEqual(['reset', 'completed'])
  expect((await send(wire, 2).over).outcome).toBe('completed')
  expect(sessions.length).toBe(1)
})

test.each<[what: string, end: (stream: ServerHttp2Stream, socket: Socket) => void]>([
  ['a refused stream', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
  ['GOAWAY with an error', (stream) => stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 1)],
  ['a closed connection', (_, socket) => socket.destroy()],
])('%s before any reply is a stale connection on a session that has served, and not on a new one', async (_, end) => {
  const { url } = await serve((stream, number, socket) =>
    number === 1 || number === 2 ? end(stream, socket) : answer(stream),
  )
  const wire = await wireTo(url)
  await send(wire, 0).over
  expect((await send(wire, 1).over).outcome).toBe('stale-connection')
  const fresh = await wireTo(url, { connections: 'fresh' })
  expect((await send(fresh, 2).over).outcome).toBe('reset')
  expect((await send(wire, 3).over).outcome).toBe('completed')
})

test('a request that GOAWAY leaves out is a stale connection', async () => {
  const { url } = await serve((stream, number) =>
    number === 1 ? stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1) : answer(stream),
  )
  const wire = await wireTo(url)
  await send(wire, 0).over
  expect((await send(wire, 1).over).outcome).toBe('stale-connection')
  expect((await send(wire, 2).over).outcome).toBe('completed')
})

test('nobody listens', async () => {
  const server = createTcpServer()
  const port = await portOf(server)
  await new Promise((resolve) => server.close(resolve))
  for (const connections of ['reuse', 'fresh'] as const) {
    const wire = await wireTo(`http://127.0.0.1:${port}`, { connections })
    await wire.open(4)
    expect(await send(wire).over).toMatchObject({
      outcome: 'connect',
      message: expect.stringMatching(/refused/),
    })
  }
})

test('a server of HTTP/1.1 behind an http URL is told apart', async () => {
  const server = createHttp1Server((_, response) => response.end('hello'))
  const url = `http://127.0.0.1:${await portOf(server)}`
  for (const connections of ['reuse', 'fresh'] as const) {
    const told = await send(await wireTo(url, { connections })).over
    expect(told).toMatchObject({ outcome: 'protocol', message: expect.stringMatching(/--transport http1/) })
  }
})

test('a server that ends every session at once is not asked for ever', async () => {
  const server = createServer()
  server.on('session', (session) => session.goaway(constants.NGHTTP2_NO_ERROR))
  const wire = await wireTo(`http://127.0.0.1:${await portOf(server)}`)
  await wire.open(8)
  await vi.waitFor(() => expect(wire.connections).toEqual({ open: 0, made: 1 }))
  expect((await send(wire).over).outcome).toBe('reset')
  expect(wire.connections.made).toBe(2)
})
