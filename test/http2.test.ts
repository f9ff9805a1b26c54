import { createServer as createHttp1Server } from 'node:http'
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

const tokens = 5

/**
 * A server that speaks HTTP/2 in clear text and nothing else: a list of models, and replies of five tokens. `sessions`:
 * those that brought chats.
 */
async function serveH2c(): Promise<{ readonly url: string; readonly sessions: () => number }> {
  const server: Http2Server = createServer({ settings: { maxConcurrentStreams: 4 } })
  const loaded = new Set<unknown>()
  server.on('session', (session) => session.on('error', () => {}))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/v1/models') {
      stream.respond({ ':status': 200, 'content-type': 'application/json' })
      stream.end('{"data":[{"id":"tiny"}]}')
    } else if (headers[':path'] === '/v1/chat/completions') {
      loaded.add(stream.session)
      answer(stream)
    } else {
      stream.respond({ ':status': 404 }, { endStream: true })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sessions: () => loaded.size }
}

/** One event a turn of the event loop. */
function answer(stream: ServerHttp2Stream): void {
  stream.resume()
  stream.respond({ ':status': 200, 'content-type': 'text/event-stream' })
  const say = (choice: object, more: object = {}) =>
    stream.write(`data: ${JSON.stringify({ id: 'a', choices: [choice], ...more })}\n\n`)
  let said = 0
  const next = () => {
    if (stream.destroyed) return
    if (said++ < tokens) {
      say({ index: 0, delta: { content: ` t${said}` }, finish_reason: null })
      setImmediate(next)
      return
    }
    const usage = { prompt_tokens: 8, completion_tokens: tokens }
    say({ index: 0, delta: {}, finish_reason: 'length' }, { usage })
    stream.end('data: [DONE]\n\n')
  }
  next()
}

test('a server of clear-text HTTP/2 is measured with --transport http2, and the run says so', async () => {
  const { url, sessions } = await serveH2c()
  const out = join(temporaryFolder(), 'run')
  const flags = ['--transport', 'http2', '--concurrency', '8', '--requests', '40', '--workers', '1']
  const quick = await runCli(['quick', url, ...flags, '--out', out, '--json'])
  expect([quick.code, quick.stderr]).toEqual([0, expect.any(String)])
  expect(JSON.parse(quick.stdout)).toMatchObject({
    runs: [{ counts: { measure: { planned: 40, completed: 40, failed: 0 } } }],
  })
  // The first request, and two of four streams each for the load.
  expect(sessions()).toBe(3)

  const sql = 'SELECT transport, count(*) AS n, count(connected_ns) AS connected FROM requests GROUP BY ALL'
  const query = await runCli(['query', out, sql, '--json'])
  expect(JSON.parse(query.stdout)).toEqual([{ transport: 'http2', n: 48, connected: 0 }])
  const runs = await runCli(['query', out, 'SELECT model, transport FROM runs', '--json'])
  expect(JSON.parse(runs.stdout)).toEqual([{ model: 'tiny', transport: 'http2' }])
})

test('a server of HTTP/1.1 that is asked for HTTP/2 is named as such before the load', async () => {
  const server = createHttp1Server((_, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { code, stderr } = await runCli(['quick', url, '--transport', 'http2'])
  expect(code).toBe(3)
  expect(stderr).toMatch(/does not speak HTTP\/2/)
  expect(stderr).toMatch(/--transport http1/)
})
