// What tests of HTTP/2 share: servers of node:http2, wires to them, and what a sink is told.
import type { Server as Http1Server } from 'node:http'
import {
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { openaiChat } from '../src/dialects/openai-chat.ts'
import { resolveEndpoint } from '../src/dialects/transport/endpoint.ts'
import { makeWire } from '../src/dialects/transport/index.ts'
import type { WireOptions } from '../src/dialects/transport/wire.ts'
import { makeClock } from '../src/model/clock.ts'
import type { TransportName } from '../src/model/target.ts'
import type { Wire, WireSink } from '../src/model/wire.ts'

/** What a sink was told of one request. */
export interface Told {
  readonly texts: string[]
  readonly eventAtNs: number[]
  readonly usage: number[]
  readonly calls: string[]
  sentNs: number
  headersNs: number
  status: number | undefined
  bodyBytes: number
  retryAfterS: number | undefined
  connectedNs: number | undefined
  outcome: string | undefined
  message: string | undefined
}

export function follow(): { readonly told: Told; readonly sink: WireSink; readonly over: Promise<Told> } {
  const told: Told = {
    texts: [],
    eventAtNs: [],
    usage: [],
    calls: [],
    sentNs: 0,
    headersNs: 0,
    status: undefined,
    bodyBytes: 0,
    retryAfterS: undefined,
    connectedNs: undefined,
    outcome: undefined,
    message: undefined,
  }
  let readNs = 0
  let resolve: (told: Told) => void = () => {}
  const over = new Promise<Told>((settle) => {
    resolve = settle
  })
  const end = (outcome: string, message?: string) => {
    told.calls.push('end')
    told.outcome ??= outcome
    told.message ??= message
    resolve(told)
  }
  const sink: WireSink = {
    endpoint: () => {},
    connected: (atNs) => {
      told.connectedNs = atNs
    },
    sent: (atNs) => {
      told.calls.push('sent')
      told.sentNs = atNs
    },
    written: () => void told.calls.push('written'),
    headers: (atNs, status) => {
      told.calls.push('headers')
      told.headersNs = atNs
      told.status = status
    },
    arrived: (atNs, bytes) => {
      readNs = atNs
      told.bodyBytes += bytes
    },
    retryAfter: (seconds) => {
      told.retryAfterS = seconds
    },
    raw: () => {},
    event: (_, __, bytes, start, stop) => {
      told.texts.push(Buffer.from(bytes.subarray(start, stop)).toString('utf8'))
      told.eventAtNs.push(readNs)
    },
    usage: ({ outputTokens }) => void told.usage.push(outputTokens ?? Number.NaN),
    finish: () => {},
    serverId: () => {},
    prompt: () => {},
    fail: (kind, message) => {
      told.outcome ??= kind
      told.message ??= message
    },
    ended: () => end('completed'),
    failed: (_, kind, message) => end(kind, message),
  }
  return { told, sink, over }
}

export async function wireTo(
  url: string,
  more: Partial<WireOptions> = {},
  transport: TransportName = 'http2',
): Promise<Wire> {
  const wire = await makeWire(transport, {
    endpoints: [await resolveEndpoint(url, openaiChat.path)],
    dialect: openaiChat,
    clock: makeClock(),
    model: 'tiny',
    headers: {},
    body: {},
    connections: 'reuse',
    rawCapture: false,
    request: (index) => ({
      id: index,
      input: { kind: 'prompt', text: `question ${index}` },
      output: { tokens: 2, mode: 'up-to' },
      sampling: {},
    }),
    requestId: (index) => `test-${index}`,
    ...more,
  })
  onTestFinished(() => wire.close())
  return wire
}

export function send(wire: Wire, index = 0): ReturnType<typeof follow> & { cancel(): void } {
  const following = follow()
  return { ...following, ...wire.send(wire.encode(index), following.sink) }
}

export async function portOf(server: Server | Http1Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** An h2c server; its sessions are counted and ended after the test. The socket is that of the newest session. */
export async function serve(
  onStream: (stream: ServerHttp2Stream, number: number, socket: Socket) => void,
  settings: Settings = {},
) {
  const server = createServer({ settings })
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  const sessions: ServerHttp2Session[] = []
  let streams = 0
  server.on('session', (session) => {
    sessions.push(session)
    session.on('error', () => {})
    onTestFinished(() => session.destroy())
  })
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    const socket = sockets.at(-1)
    if (socket !== undefined) onStream(stream, streams++, socket)
  })
  return { url: `http://127.0.0.1:${await portOf(server)}`, sessions }
}

export const frame = (text: string) =>
  `data: {"id":"a","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]}\n\n`
export const ending =
  'data: {"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n' +
  'data: {"id":"a","choices":[],"usage":{"completion_tokens":2}}\n\ndata: [DONE]\n\n'
export const reply = [frame(' one'), frame(' two'), ending].join('')
export const stream200 = { ':status': 200, 'content-type': 'text/event-stream' }

export function answer(stream: ServerHttp2Stream, body: string = reply): void {
  stream.respond(stream200)
  stream.end(body)
}

/** The frame itself: node:http2 ends a stream that has been answered before it resets it. */
export function rstStream(stream: ServerHttp2Stream, code: number): Buffer {
  const bytes = Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt32BE(stream.id ?? 0, 5)
  bytes.writeUInt32BE(code, 9)
  return bytes
}

/** Answers once every request waits, so that all of them are in flight at one time. */
export function answerTogether(count: number): (stream: ServerHttp2Stream) => void {
  const waiting: ServerHttp2Stream[] = []
  return (stream) => {
    waiting.push(stream)
    if (waiting.length === count) for (const each of waiting) answer(each)
  }
}
