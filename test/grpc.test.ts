// gRPC against the reference server: what a sound call gives, and everything that can go wrong with one.
import { createServer as createHttp1 } from 'node:http'
import { createServer, constants as http2, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { grpcFrame } from '../src/dialects/framing/grpc.ts'
import { method } from '../src/dialects/kserve/messages.ts'
import { type SpawnedReference, spawnReference } from '../src/reference/spawn.ts'
import { measure, temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

let server: SpawnedReference
beforeAll(async () => {
  server = await spawnReference({ timing: { kind: 'fixed', ttftMs: 5, itlMs: 1 }, as: 'triton' })
})
afterAll(() => server.close())

const grpcUrl = (path = '') => `${server.url.replace('http', 'grpc')}${path}`
const flags = { model: 'vllm_model', inputTokens: 8, outputTokens: 12 }

test('200 calls at a time: counts, ends and times are those of the log', async () => {
  await server.reset()
  const { data } = await measure({ urls: [grpcUrl()], ...flags, concurrency: 200, requests: 600 })
  const measured = data.records.filter(({ phase }) => phase === 1)
  expect(measured).toHaveLength(600)
  expect(new Set(measured.map(({ outcome }) => JSON.stringify(outcome)))).toEqual(
    new Set(['{"kind":"completed","finishReason":"length"}']),
  )
  expect(new Set(measured.map(({ outputTokens }) => JSON.stringify(outputTokens)))).toEqual(
    new Set(['{"value":12,"source":"usage"}']),
  )
  expect(measured.every(({ events }) => events.atNs.length === 12)).toBe(true)
  const { requests } = await server.truth()
  const logged = new Map(requests.map((one) => [one.requestId, one]))
  const joined = measured.filter(({ index }) => logged.get(`${data.run.id}-${index}`)?.eventNs.length === 12)
  expect(joined).toHaveLength(600)
})

test('calls are spread over several connections', async () => {
  const out = join(temporaryFolder(), 'run')
  await runCli(['quick', grpcUrl(), '--model', 'streamer', '--burst', '100', '--out', out, '--workers', '1'])
  const sql = "SELECT transport, count(*) AS n FROM requests WHERE phase = 'measure' GROUP BY ALL"
  const query = await runCli(['query', out, sql, '--json'])
  expect(JSON.parse(query.stdout)).toEqual([{ transport: 'grpc', n: 100 }])
  const { requests } = await server.truth()
  expect(new Set(requests.slice(-100).map(({ connection }) => connection)).size).toBeGreaterThan(2)
})

test.each([
  ['ensemble', 12, 'events'],
  ['tensorrt_llm', 12, 'events'],
  ['vllm_model', 12, 'usage'],
  ['streamer', 12, 'events'],
] as const)('the model in the way of %s: its tokens are counted', async (model, tokens, source) => {
  const out = join(temporaryFolder(), 'run')
  const asked = ['--model', model, '--concurrency', '2', '--requests', '4', '--output-tokens', '12']
  const { code, stderr } = await runCli(['quick', grpcUrl(), ...asked, '--out', out, '--quiet'])
  expect([code, stderr]).toEqual([0, ''])
  const sql = 'SELECT DISTINCT output_tokens AS n, output_tokens_source AS source FROM requests'
  const query = await runCli(['query', out, sql, '--json'])
  expect(JSON.parse(query.stdout)).toEqual([{ n: tokens, source }])
})

describe('what goes wrong before the load is told in one message', () => {
  const quick = async (...args: string[]) => {
    const out = join(temporaryFolder(), 'run')
    const { code, stderr } = await runCli(['quick', ...args, '--requests', '2', '--out', out, '--quiet'])
    return { code, stderr }
  }

  test('a model that is not there', async () => {
    const { code, stderr } = await quick(grpcUrl(), '--model', 'nope')
    expect(code).toBe(3)
    expect(stderr).toContain(`model "nope" cannot be asked: /v2/models/nope/config answers 404`)
    expect(stderr).toContain(`Request for unknown model: 'nope' is not found`)
  })

  test('several models and no name', async () => {
    const { stderr } = await quick(grpcUrl())
    expect(stderr).toContain(
      'serves several models: "ensemble", "tensorrt_llm", "vllm_model", "streamer", "plain"',
    )
  })

  test('nothing that listens', async () => {
    const { code, stderr } = await quick('grpc://127.0.0.1:1', '--model', 'm')
    expect(code).toBe(3)
    expect(stderr).toContain('nothing listens there (connection refused)')
  })

  test('a server of HTTP/1.1', async () => {
    const plain = createHttp1((_, response) => response.end('hello'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', () => resolve()))
    onTestFinished(() => void plain.close())
    const { stderr } = await quick(
      `grpc://127.0.0.1:${(plain.address() as AddressInfo).port}`,
      '--model',
      'm',
    )
    expect(stderr).toContain('no call of gRPC is answered there')
  })

  test('a model that is decoupled over the route of one answer', async () => {
    const { stderr } = await quick(server.url, '--dialect', 'triton-infer', '--model', 'streamer')
    expect(stderr).toContain('The model is decoupled: infer over HTTP does not serve such models.')
  })
})

describe('what goes wrong with a call is a record', () => {
  /** Kind and message of each failure of requests to a fault. */
  async function failures(fault: string, more: { readonly timeoutS?: number } = {}) {
    // The first request is that before the load.
    const { data } = await measure(
      { urls: [grpcUrl(`/fault/${fault}@2`)], ...flags, concurrency: 1, requests: 6 },
      more,
    )
    return data.records.flatMap(({ outcome }) =>
      outcome.kind === 'failed' ? [`${outcome.error}: ${outcome.message}`] : [],
    )
  }

  test.each([
    ['status-503', 'grpc-status: The call ended with UNAVAILABLE: Simulated refusal with status 503.'],
    ['status-429', 'grpc-status: The call ended with RESOURCE_EXHAUSTED: Simulated refusal with status 429.'],
    ['error-200', 'stream-error: Simulated failure.'],
    ['reset', 'reset: The stream was reset (INTERNAL_ERROR).'],
    ['truncated', 'truncated: The call ended before the last response.'],
    ['bad-chunk', 'too-large: One event of the stream is longer than 4096 KiB.'],
  ])('%s', async (fault, message) => {
    const all = await failures(fault)
    expect(all.length).toBeGreaterThan(0)
    expect(new Set(all)).toEqual(new Set([message]))
  })

  test('a dead stub that never answers: the deadline ends the call', async () => {
    const all = await failures('never', { timeoutS: 0.3 })
    expect(all.length).toBeGreaterThan(0)
    for (const one of all) expect(one).toMatch(/^timeout: /)
  })
})

test('a message that is longer than Assay keeps is cut off', async () => {
  const long = Buffer.alloc(5 * 1024 * 1024)
  const { url } = await serveBytes((stream) => {
    stream.write(grpcFrame(long))
    stream.end()
  })
  const { stderr } = await runCli(['quick', url, '--model', 'm', '--requests', '1', '--quiet'])
  expect(stderr).toContain('One event of the stream is longer than 4096 KiB.')
})

test('the deadline goes to the server, and a call that Assay gives up is cancelled on the wire', async () => {
  const seen: { timeout: unknown; code?: number }[] = []
  const { url } = await serveBytes((stream, headers) => {
    const one: { timeout: unknown; code?: number } = { timeout: headers['grpc-timeout'] }
    seen.push(one)
    stream.on('close', () => {
      one.code = stream.rstCode
    })
    // The request before the load is answered.
    if (seen.length === 1) {
      stream.write(grpcFrame(oneToken))
      stream.end()
    }
  })
  const { data } = await measure(
    { urls: [url], model: 'm', outputTokens: 2, concurrency: 1, requests: 1 },
    { timeoutS: 0.5 },
  )
  expect(data.records.map(({ outcome }) => outcome.kind === 'failed' && outcome.error)).toContain('timeout')
  expect(seen.slice(1)).toContainEqual({ timeout: '500m', code: http2.NGHTTP2_CANCEL })
})

const oneToken = method('ModelStreamInfer').responseSerialize({
  infer_response: {
    outputs: [{ name: 'text_output', datatype: 'BYTES', shape: [1] }],
    raw_output_contents: [Buffer.from('\u0002\0\0\0 a', 'latin1')],
  },
})

/** A server of one model whose calls are answered as the test says. */
async function serveBytes(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
): Promise<{ readonly url: string }> {
  const server = createServer()
  server.on('session', (session) => session.on('error', () => {}))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    stream.resume()
    const path = String(headers[':path'])
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    if (path.endsWith('/ModelStreamInfer')) {
      answer(stream, headers)
      return
    }
    const pages: Record<string, object> = {
      ServerMetadata: { name: 'triton', version: '2' },
      ModelConfig: {
        config: {
          name: 'm',
          input: [
            { name: 'text_input', data_type: 'TYPE_STRING', dims: [1] },
            { name: 'max_tokens', data_type: 'TYPE_INT32', dims: [1] },
            { name: 'min_length', data_type: 'TYPE_INT32', dims: [1], optional: true },
          ],
          output: [{ name: 'text_output', data_type: 'TYPE_STRING', dims: [1] }],
          model_transaction_policy: { decoupled: true },
        },
      },
    }
    const name = path.split('/').at(-1) ?? ''
    const call = method(name in pages ? (name as 'ModelConfig') : 'RepositoryIndex')
    stream.end(grpcFrame(call.responseSerialize(pages[name] ?? {})))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => void server.close())
  return { url: `grpc://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
