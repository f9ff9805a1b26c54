import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { makeClock } from '../model/clock.ts'
import { type Reference, type ReferenceOptions, startReference } from './server.ts'
import { tokenText } from './words.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/tls/${name}.pem`, import.meta.url), 'utf8')

let running: Reference[] = []
afterEach(async () => {
  await Promise.all(running.map((server) => server.close()))
  running = []
})

async function start(options: ReferenceOptions = {}): Promise<Reference> {
  const server = await startReference({ timing: { kind: 'fixed', ttftMs: 3, itlMs: 1 }, ...options })
  running.push(server)
  return server
}

async function ask(
  url: string,
  body: unknown,
  options: { id?: string; agent?: Agent; method?: string } = {},
) {
  const { id, agent, method = body === undefined ? 'GET' : 'POST' } = options
  const headers = id === undefined ? {} : { 'x-request-id': id }
  const request = url.startsWith('https')
    ? requestHttps(url, { method, headers, ca: fixture('localhost-cert') })
    : requestHttp(url, { method, headers, ...(agent === undefined ? {} : { agent }) })
  request.end(body === undefined ? '' : JSON.stringify(body))
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request.once('response', resolve).once('error', reject),
  )
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

function dial(server: Reference): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port: server.port, host: '127.0.0.1' }, () => resolve(socket))
  })
}

/** All that a socket says until `until`. */
function listen(socket: Socket, until: (heard: string) => boolean): Promise<string> {
  let heard = ''
  return new Promise((resolve) => {
    const done = () => {
      if (until(heard)) resolve(heard)
    }
    socket.setEncoding('latin1').on('data', (piece: string) => {
      heard += piece
      done()
    })
  })
}

const completion = { prompt: 'one two three', max_tokens: 5, stream: true }
const raw = (id: string, body: object = completion) => {
  const json = JSON.stringify(body)
  return `POST /v1/completions HTTP/1.1\r\nX-Request-Id: ${id}\r\nContent-Length: ${json.length}\r\n\r\n${json}`
}
const countOf = (heard: string, what: string) => heard.split(what).length - 1

test('logs every event it wrote, in order, not before it was due, on the clock it was given', async () => {
  const clock = makeClock()
  const server = await start({ epochMonotonicNs: clock.epochMonotonicNs })
  const before = clock.now()
  const { body, headers } = await ask(`${server.url}/v1/completions`, completion, { id: 'run-0' })
  const after = clock.now()
  const { requests, epochMonotonicNs, unlogged } = server.truth()
  const [request] = requests
  expect(epochMonotonicNs).toBe(clock.epochMonotonicNs)
  expect(unlogged).toBe(0)
  expect(headers['x-assay-timings']).toBe('simulated')
  expect(countOf(body, '"text"')).toBe(5)
  expect(request).toMatchObject({ requestId: 'run-0', connection: 0, tokens: 5, complete: true })
  const { arrivalNs = 0, headersNs = 0, eventNs = [] } = request ?? {}
  expect(eventNs).toHaveLength(5)
  const story = [before, arrivalNs, headersNs, ...eventNs, after]
  expect(story).toEqual(story.toSorted((a, b) => a - b))
  eventNs.forEach((atNs, event) => {
    expect(atNs - arrivalNs).toBeGreaterThanOrEqual((3 + event) * 1e6)
  })
  const lateMs = eventNs.map((atNs, event) => (atNs - arrivalNs) / 1e6 - 3 - event)
  expect(server.lateness().events).toBe(5)
  expect(server.lateness().maxMs).toBeCloseTo(Math.max(...lateMs), 3)
})

test('answers pipelined and split requests one after the other on one connection', async () => {
  const server = await start()
  const socket = await dial(server)
  const bytes = raw('a') + raw('b') + raw('c')
  const heard = listen(socket, (all) => countOf(all, '\r\n0\r\n\r\n') === 3)
  socket.write(bytes.slice(0, 200))
  await ask(`${server.url}/health`, undefined)
  socket.write(bytes.slice(200))
  const ids = [...(await heard).matchAll(/"id":"cmpl-(\w)"/g)].map(([, id]) => id)
  expect(ids.join('')).toBe('aaaaabbbbbccccc')
  const { requests } = server.truth()
  expect(requests.map(({ requestId, connection }) => [requestId, connection])).toEqual([
    ['a', 0],
    ['b', 0],
    ['c', 0],
  ])
  const [a, b] = requests
  // The second waits for the first, and then has its own time to the first token.
  expect((b?.eventNs[0] ?? 0) - (a?.eventNs[4] ?? 0)).toBeGreaterThanOrEqual(3e6)
  socket.destroy()
})

test('keeps connections alive and tells them apart', async () => {
  const server = await start()
  const agent = new Agent({ keepAlive: true })
  const path = `${server.url}/v1/completions`
  await ask(path, completion, { agent })
  await ask(path, completion, { agent })
  await ask(path, completion)
  const { requests } = server.truth()
  expect(requests.map(({ connection, position }) => [connection, position])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
  ])
  agent.destroy()
})

test.each(['chat', 'completions'])('a whole %s reply is due when its last token is', async (kind) => {
  const server = await start()
  const path = kind === 'chat' ? '/v1/chat/completions' : '/v1/completions'
  const asked = { messages: [{ role: 'user', content: 'one two' }], prompt: 'one two', max_tokens: 4 }
  const { body, headers } = await ask(server.url + path, asked)
  const { choices, usage, object } = JSON.parse(body)
  expect(object).toBe(kind === 'chat' ? 'chat.completion' : 'text_completion')
  expect(choices[0].message?.content ?? choices[0].text).toBe(tokenText(0, 4))
  expect(choices[0].finish_reason).toBe('length')
  expect(usage).toEqual({ prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)))
  const [request] = server.truth().requests
  expect(request).toMatchObject({ tokens: 4, complete: true })
  expect(request?.eventNs).toHaveLength(1)
  expect((request?.eventNs[0] ?? 0) - (request?.arrivalNs ?? 0)).toBeGreaterThanOrEqual(6e6)
})

test('lists its model, is healthy, and states truth and lateness as JSON', async () => {
  const server = await start({ model: 'toy' })
  const get = async (path: string) => JSON.parse((await ask(server.url + path, undefined)).body)
  expect((await get('/v1/models')).data[0].id).toBe('toy')
  expect((await get('/fault/cut/v1/models')).data[0].id).toBe('toy')
  expect((await ask(`${server.url}/health`, undefined)).status).toBe(200)
  expect(await get('/assay/health')).toEqual({ simulated: true, lateness: { events: 0 } })
  await ask(`${server.url}/v1/completions`, completion)
  expect(await get('/assay/truth')).toEqual(server.truth())
  await ask(`${server.url}/assay/reset`, {})
  expect(await get('/assay/truth')).toMatchObject({ requests: [] })
})

test('a fault can hit every n-th request only', async () => {
  const server = await start()
  const statuses: (number | undefined)[] = []
  for (let i = 0; i < 5; i++) {
    statuses.push((await ask(`${server.url}/fault/status-503@2/v1/completions`, completion)).status)
  }
  expect(statuses).toEqual([200, 503, 200, 503, 200])
  const faulty = server.truth().requests.map(({ fault }) => fault)
  expect(faulty).toEqual([undefined, 'status-503@2', undefined, 'status-503@2', undefined])
  server.reset()
  expect((await ask(`${server.url}/fault/status-503@2/v1/completions`, completion)).status).toBe(200)
})

test.each([
  ['POST', '/v1/completions', { prompt: 'a', max_tokens: 0 }, 400, 'max_tokens'],
  ['GET', '/v1/completions', undefined, 405, 'POST'],
  ['GET', '/nothing', undefined, 404, 'GET /nothing'],
  ['POST', '/fault/nothing/v1/completions', completion, 404, 'Known: status-N'],
])('%s %s with %j is refused in words', async (method, path, body, status, word) => {
  const server = await start()
  const reply = await ask(server.url + path, body, { method })
  expect(reply.status).toBe(status)
  expect(JSON.parse(reply.body).error.message).toContain(word)
})

test('bytes that are no request are refused, and the connection ends', async () => {
  const server = await start()
  const socket = await dial(server)
  const ended = new Promise((resolve) => socket.once('end', resolve))
  const heard = listen(socket, (all) => all.includes('}}'))
  socket.write('hello\r\n\r\n')
  expect(await heard).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*no HTTP\/1\.1 request line/)
  await ended
})

test('a client of HTTP/1.0 gets no chunks and its end', async () => {
  const server = await start()
  const socket = await dial(server)
  const ended = new Promise((resolve) => socket.once('end', resolve))
  const heard = listen(socket, (all) => all.includes('[DONE]\n\n'))
  socket.write(raw('old').replace('HTTP/1.1', 'HTTP/1.0'))
  expect(await heard).toMatch(/Connection: close\r\n\r\ndata: /)
  await ended
})

test('a reply whose client leaves stops, and is logged as not complete', async () => {
  const server = await start({ timing: { kind: 'fixed', ttftMs: 0, itlMs: 1 } })
  const socket = await dial(server)
  const heard = listen(socket, (all) => all.includes(' river'))
  socket.write(raw('gone', { ...completion, max_tokens: 100_000 }))
  await heard
  socket.destroy()
  await ask(`${server.url}/v1/completions`, completion)
  const [gone, other] = server.truth().requests
  expect(gone?.complete).toBe(false)
  expect(gone?.eventNs.length).toBeLessThan(100_000)
  expect(other?.complete).toBe(true)
})

test('writes no further than a slow client lets it, and then goes on', async () => {
  const server = await start({ timing: { kind: 'fixed', ttftMs: 0, itlMs: 0 } })
  const socket = await dial(server)
  socket.pause()
  // Every event repeats the id: 40 MB are more than the kernel keeps for a connection.
  const tokens = 4000
  socket.write(raw('x'.repeat(10_000), { ...completion, max_tokens: tokens }))
  const written = () => server.truth().requests[0]?.eventNs.length ?? 0
  // Until the kernel takes no more.
  for (let before = -1; written() === 0 || written() > before; ) {
    before = written()
    for (let i = 0; i < 5; i++) await ask(`${server.url}/v1/completions`, completion)
  }
  expect(written()).toBeLessThan(tokens)
  let events = 0
  const ended = new Promise<void>((resolve) => {
    socket.setEncoding('latin1').on('data', (piece: string) => {
      events += countOf(piece, '"text":')
      if (piece.endsWith('\r\n0\r\n\r\n')) resolve()
    })
  })
  socket.resume()
  await ended
  // A read may end inside the word that is counted.
  expect(events).toBeGreaterThan(tokens * 0.98)
  const { eventNs = [], complete } = server.truth().requests[0] ?? {}
  expect([eventNs.length, complete]).toEqual([tokens, true])
  expect(eventNs.every((atNs, i) => i === 0 || atNs >= (eventNs[i - 1] ?? 0))).toBe(true)
})

test('a flood brings every event, and says which ones shared a write', async () => {
  const server = await start({ flood: true, timing: { kind: 'fixed', ttftMs: 0, itlMs: 0 } })
  const asked = { ...completion, max_tokens: 1000 }
  const { body } = await ask(`${server.url}/v1/completions`, asked, { id: 'flood-0' })
  expect(countOf(body, '"text"')).toBe(1000)
  expect(body.endsWith('data: [DONE]\n\n')).toBe(true)
  const { eventNs = [], tokens, complete } = server.truth().requests[0] ?? {}
  expect([eventNs.length, tokens, complete]).toEqual([1000, 1000, true])
  // 1,000 events of some 200 bytes in writes of up to 16 KiB.
  expect(new Set(eventNs).size).toBeLessThan(20)
})

test('plays a recording, whatever is asked for, streamed or not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-recording-'))
  const file = join(folder, 'recording.ndjson')
  writeFileSync(file, '{"index":0,"atUs":[2000,2000,9000],"tokens":[1,2,3]}\n{"index":1,"atUs":[1000]}\n')
  const server = await start({ timing: { kind: 'replay', file } })
  rmSync(folder, { recursive: true })
  const path = `${server.url}/v1/completions`
  const streamed = await ask(
    path,
    { ...completion, stream_options: { include_usage: true } },
    { id: 'run-0' },
  )
  expect(countOf(streamed.body, '"text"')).toBe(3)
  expect(streamed.body).toContain('"completion_tokens":6')
  const whole = JSON.parse((await ask(path, { ...completion, stream: false }, { id: 'run-2' })).body)
  expect([whole.choices[0].text, whole.usage.completion_tokens]).toEqual([tokenText(0, 6), 6])
  await ask(path, completion, { id: 'run-3' })
  const [first, second, third] = server.truth().requests
  expect([first?.eventTokens, second?.eventTokens, third?.eventTokens]).toEqual([[1, 2, 3], [6], undefined])
  const after = (request = first) => request?.eventNs.map((atNs) => (atNs - request.arrivalNs) / 1e6) ?? []
  for (const [request, dueMs] of [
    [first, [2, 2, 9]],
    [second, [9]],
    [third, [1]],
  ] as const) {
    expect(after(request)).toHaveLength(dueMs.length)
    for (const [event, atMs] of after(request).entries()) {
      expect(atMs).toBeGreaterThanOrEqual(dueMs[event] ?? 0)
    }
  }
})

test.each([
  [{}],
  [{ flood: true }],
  [{ tls: { key: fixture('localhost-key'), cert: fixture('localhost-cert') } }],
])('a warm-up leaves no trace', async (options) => {
  const server = await start({ ...options, warmUp: true })
  expect(server.truth().requests).toEqual([])
  expect(server.lateness()).toEqual({ events: 0 })
  await ask(`${server.url}/v1/completions`, completion)
  expect(server.truth().requests).toMatchObject([{ connection: 0, position: 0, complete: true }])
})

test('speaks TLS with the certificate it is given', async () => {
  const tls = { key: fixture('localhost-key'), cert: fixture('localhost-cert') }
  const server = await start({ tls })
  expect(server.url).toMatch(/^https:/)
  const { body } = await ask(`${server.url}/v1/completions`, completion, { id: 'tls' })
  expect(countOf(body, '"text"')).toBe(5)
  expect(server.truth().requests[0]).toMatchObject({ requestId: 'tls', tokens: 5, complete: true })
  await expect(ask(`${server.url}/fault/reset/v1/completions`, completion)).rejects.toThrow()
})

test.each([
  [{ timing: { kind: 'fixed', ttftMs: -1, itlMs: 0 } }, 'reference-option', 'ttftMs is -1'],
  [{ timing: { kind: 'fixed', ttftMs: 1, itlMs: Number.NaN } }, 'reference-option', 'itlMs is NaN'],
  [{ timing: { kind: 'lognormal' } as never }, 'reference-option', 'timing is "lognormal"'],
  [{ timing: { kind: 'replay', file: '/absent' } }, 'reference-option', '/absent cannot be read'],
  [
    { timing: { kind: 'distribution', ttft: { kind: 'fixed', value: 1 }, itl: 5 as never } },
    'reference-option',
    'itl is unusable',
  ],
  [{ port: 70_000 }, 'reference-option', 'port is 70000'],
  [{ defaultTokens: 0 }, 'reference-option', 'defaultTokens is 0'],
  [{ tls: { key: 'no', cert: 'no' } }, 'reference-option', 'tls is unusable'],
] as const)('options %j are refused', async (options, code, words) => {
  await expect(startReference(options)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  })
})

test('a port that is taken is refused', async () => {
  const { port } = await start()
  await expect(startReference({ port })).rejects.toMatchObject({ code: 'reference-listen' })
})
