import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { anyInput } from '../dialects/any-input.ts'
import { Http1Wire } from '../dialects/transport/wire.ts'
import { SharedControl } from '../load/control.ts'
import { WorkerLoad } from '../load/worker-load.ts'
import type { Clock } from '../model/clock.ts'
import type { Dialect, Framing } from '../model/dialect.ts'
import type { Load } from '../model/load.ts'

/** Enough for the compiler to have seen every function of the hot path; takes about 80 ms. */
const load: Load = {
  name: 'warm-up',
  pacing: { kind: 'concurrency', concurrency: 32 },
  until: { requests: 200 },
  warmup: {},
  drainS: 1,
  maxInFlight: 32,
}
/** Every reply holds the example this many times, so that the reader has known frames to meet again. */
const rounds = 6

/**
 * Sends requests from this thread to itself, over loopback, so that the first ones of the run do not meet code that
 * has never run. Nothing of it is recorded.
 */
export async function warmUp(dialect: Dialect, clock: Clock): Promise<void> {
  const server = await serve(dialect)
  const { port } = server.address() as AddressInfo
  const wire = new Http1Wire({
    endpoints: [
      {
        address: '127.0.0.1',
        port,
        tls: false,
        serverName: undefined,
        host: 'localhost',
        path: dialect.path,
      },
    ],
    dialect,
    clock,
    model: 'warm-up',
    headers: {},
    body: {},
    connections: 'reuse',
    rawCapture: false,
    request: (index) => ({
      id: index,
      input: anyInput(dialect.capabilities, 'warm-up'),
      output: { tokens: rounds, mode: 'up-to' },
      sampling: {},
    }),
    requestId: (index) => `warm-up-${index}`,
  })
  const worker = new WorkerLoad({
    load,
    seed: 0,
    segment: { index: 0, of: 1 },
    capture: 'text',
    timeoutS: 1,
    secrets: [],
    polling: false,
    wire,
    sink: { append: async () => {}, close: async () => {} },
    health: {
      thread: { read: () => noGc, close() {} },
      sink: { append: async () => {}, close: async () => {} },
    },
    clock,
    control: new SharedControl(1),
  })
  await worker.connect()
  await worker.run(clock.now())
  server.close()
}

const noGc = { gcMinorMs: 0, gcMajorMs: 0, gcIncrementalMs: 0, gcWeakCallbackMs: 0, gcMaxMs: 0 }

/** What servers of each framing call their replies. */
const contentTypes: Readonly<Record<Framing, string>> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  nul: 'application/octet-stream',
  raw: 'text/plain',
  json: 'application/json',
  grpc: 'application/grpc',
}

/** Answers everything that comes in with the dialect's example, one event a turn of the event loop. */
function serve(dialect: Dialect): Promise<Server> {
  const type = contentTypes[dialect.framing]
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`
  const { events, ending } = dialect.example
  const pieces = [
    head,
    ...Array.from({ length: rounds }, () => events.map(chunk)).flat(),
    `${chunk(ending)}0\r\n\r\n`,
  ].map((text) => Buffer.from(text))
  const answer = (socket: Socket, at: number) => {
    const piece = pieces[at]
    if (piece === undefined || socket.destroyed) return
    socket.write(piece)
    setImmediate(answer, socket, at + 1)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    // A short request comes in one read.
    socket.on('data', () => answer(socket, 0)).on('error', () => {})
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}
