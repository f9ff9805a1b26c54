import { createServer as createHttp1, type ServerResponse } from 'node:http'
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2'
import { expect, onTestFinished, test, vi } from 'vitest'
import { answer, portOf, reply, send, wireTo } from '../../../test/http2-server.ts'
import type { Balance, TransportName } from '../../model/target.ts'
import { transports } from '../../model/target.ts'
import type { Wire } from '../../model/wire.ts'
import { Balancer } from './balance.ts'
import { resolveEndpoint } from './endpoint.ts'

/** A server that answers when it is told to, and counts what it was sent. */
interface Held {
  readonly url: string
  /** Whether requests wait for `release`. */
  holds: boolean
  readonly hosts: string[]
  readonly ids: string[]
  release(): void
}

async function held(transport: TransportName): Promise<Held> {
  const waiting: (() => void)[] = []
  const server: Omit<Held, 'url'> = {
    holds: false,
    hosts: [],
    ids: [],
    release: () => void waiting.shift()?.(),
  }
  const take: Take = (host, id, finish) => {
    server.hosts.push(String(host))
    server.ids.push(String(id))
    if (server.holds) waiting.push(finish)
    else finish()
  }
  const port = await portOf(transport === 'http1' ? http1(take) : http2(take))
  return Object.assign(server, { url: `http://127.0.0.1:${port}` })
}

type Take = (host: unknown, id: unknown, finish: () => void) => void

function http1(take: Take) {
  const server = createHttp1((request, response: ServerResponse) => {
    request.resume()
    take(request.headers.host, request.headers['x-request-id'], () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(reply)
    })
  })
  onTestFinished(() => server.closeAllConnections())
  return server
}

function http2(take: Take) {
  const server = createHttp2()
  server.on('session', (session) => onTestFinished(() => session.destroy()))
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    take(headers[':authority'], headers['x-request-id'], () => answer(stream))
  })
  return server
}

async function wireOver(
  transport: TransportName,
  servers: readonly Held[],
  balance: Balance,
  connections: 'reuse' | 'fresh' = 'reuse',
): Promise<Wire> {
  const endpoints = await Promise.all(servers.map(({ url }) => resolveEndpoint(url, '/v1/chat/completions')))
  return wireTo('http://127.0.0.1', { endpoints, balance, connections }, transport)
}

test('round-robin follows the request, and least-in-flight the count', () => {
  const turns = new Balancer(3, 'round-robin')
  expect([0, 1, 2, 3, 7].map((index) => turns.next(index))).toEqual([0, 1, 2, 0, 1])
  const least = new Balancer(3, 'least-in-flight')
  const sent = () => {
    const at = least.next(0)
    least.began(at)
    return at
  }
  expect([sent(), sent(), sent()]).toEqual([0, 1, 2])
  least.over(1)
  expect([sent(), sent(), sent(), sent()]).toEqual([1, 2, 0, 1])
  least.over(2)
  least.over(2)
  expect([sent(), sent(), sent()]).toEqual([2, 2, 0])
})

test.each(transports)('%s: least-in-flight sends to the endpoint that answers', async (transport) => {
  const [slow, fast] = await Promise.all([held(transport), held(transport)])
  slow.holds = true
  const wire = await wireOver(transport, [slow, fast], 'least-in-flight')
  await wire.open(4)
  const stuck = send(wire, 0)
  for (let i = 1; i <= 5; i++) expect((await send(wire, i).over).outcome).toBe('completed')
  // Each got the Host of its own endpoint.
  expect(slow.hosts).toEqual([new URL(slow.url).host])
  expect(fast.hosts).toEqual(Array(5).fill(new URL(fast.url).host))
  slow.holds = false
  slow.release()
  expect((await stuck.over).outcome).toBe('completed')
  await Promise.all([send(wire, 6).over, send(wire, 7).over])
  expect([slow.hosts.length, fast.hosts.length]).toEqual([2, 6])
})

test.each(
  transports.flatMap((transport) => (['reuse', 'fresh'] as const).map((kind) => [transport, kind] as const)),
)('%s, %s: a cancelled request is in flight no longer', async (transport, connections) => {
  const [one, two] = await Promise.all([held(transport), held(transport)])
  one.holds = true
  two.holds = true
  const wire = await wireOver(transport, [one, two], 'least-in-flight', connections)
  send(wire, 0)
  const second = send(wire, 1)
  await vi.waitFor(() => expect([one.ids, two.ids]).toEqual([['test-0'], ['test-1']]))
  second.cancel()
  second.cancel()
  send(wire, 2)
  await vi.waitFor(() => expect(two.ids).toContain('test-2'))
  // At once, maybe before it was sent: the two that follow find one in flight at either.
  send(wire, 3).cancel()
  send(wire, 4)
  send(wire, 5)
  await vi.waitFor(() =>
    expect([...one.ids, ...two.ids]).toEqual(expect.arrayContaining(['test-4', 'test-5'])),
  )
  expect([one, two].map(({ ids }) => ids.filter((id) => /[45]$/.test(id)).length)).toEqual([1, 1])
})

test.each(transports)('%s: requests that fail are in flight no longer', async (transport) => {
  const dead = await held(transport)
  const alive = await held(transport)
  const url = new URL(dead.url)
  url.port = '1'
  const endpoints = await Promise.all(
    [url.href, alive.url].map((one) => resolveEndpoint(one, '/v1/chat/completions')),
  )
  const wire = await wireTo('http://127.0.0.1', { endpoints, balance: 'least-in-flight' }, transport)
  const outcomes: (string | undefined)[] = []
  for (let i = 0; i < 4; i++) outcomes.push((await send(wire, i).over).outcome)
  // Taking turns again after each failure: a count that stuck would keep all others from it.
  expect(outcomes).toEqual(['connect', 'completed', 'connect', 'completed'])
})

test('http1: round-robin and one endpoint need no second copy of the request', async () => {
  const server = await held('http1')
  for (const balance of ['round-robin', 'least-in-flight'] as const) {
    const wire = await wireOver('http1', [server], balance)
    expect(Buffer.from(wire.encode(0).bytes).toString('latin1')).toMatch(/^POST \/v1\/chat\/completions HTTP/)
  }
})
