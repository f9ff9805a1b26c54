import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Reference, startReference } from '../src/reference/server.ts'
import { type QuickFlags, quickStudy } from '../src/spec/index.ts'
import { runStudy } from '../src/study/run-study.ts'
import { blind, temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

let reference: Reference
beforeAll(async () => {
  reference = await startReference({ timing: { kind: 'fixed', ttftMs: 20, itlMs: 2 } })
})
afterAll(() => reference.close())

type Answer = { readonly status?: number; readonly type?: string; readonly body: string }

/** A server that answers by path, and all else with 404. */
async function serve(pages: Readonly<Record<string, Answer | ((request: IncomingMessage) => Answer)>>) {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const page = pages[request.url ?? '']
    const {
      status = 200,
      type = 'application/json',
      body,
    } = typeof page === 'function' ? page(request) : (page ?? { status: 404, body: '{"detail":"Not Found"}' })
    request.resume()
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function models(owner: string, ...names: readonly string[]): Answer {
  const data = names.map((id) => ({ id, object: 'model', owned_by: owner, max_model_len: 64 }))
  return { body: JSON.stringify({ object: 'list', data }) }
}

describe('assay probe', () => {
  test('says what a server is and shows one request instant by instant', async () => {
    const { code, stdout, stderr } = await runCli(['probe', reference.url])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/reference server/i)
    expect(stdout).toMatch(/simulated: a reference server answers/)
    expect(stdout).toMatch(/✓ openai-completions +answers/)
    expect(stdout).toMatch(/exact length +ignore_eos: true/)
    expect(stdout).toMatch(/headers, status 200/)
    expect(stdout.match(/event, 1 token/g)?.length).toBe(8)
    expect(stdout).toMatch(/finish reason "length"/)
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(100)
  })

  test('as JSON, the first token comes no earlier than the server sends it', async () => {
    const { code, stdout } = await runCli(['probe', reference.url, '--json'])
    const { server, dialects } = JSON.parse(stdout) as {
      server: { name: string }
      dialects: { state: string; timeline: { what: string; atMs: number }[] }[]
    }
    expect([code, server.name, dialects[0]?.state]).toEqual([0, 'reference', 'answers'])
    const first = dialects[0]?.timeline.find(({ what }) => what === 'event')
    expect(first?.atMs).toBeGreaterThanOrEqual(20)
  })

  test('known and unknown metrics of an engine are told apart; what a server says moves no terminal', async () => {
    const url = await serve({
      '/v1/models': models('vllm', 'm\u001b[31m'),
      '/version': { body: '{"version":"9\\u001b]0;title\\u0007"}' },
      '/metrics': { type: 'text/plain', body: 'vllm:generation_tokens_total 7\nvllm:brand_new_total 1\n' },
    })
    const { code, stdout } = await runCli(['probe', url])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^vLLM 9/)
    expect(stdout).toMatch(/generated-tokens +7 +vllm:generation_tokens_total/)
    expect(stdout).toMatch(/not named by Assay +1: vllm:brand_new_total/)
    expect(stdout).toMatch(/– openai-completions +not spoken \(404\)/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  test('nobody there', async () => {
    const { code, stdout, stderr } = await runCli(['probe', 'http://127.0.0.1:9'])
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/does not answer at http:\/\/127\.0\.0\.1:9: nothing listens there/)
  })

  test('a key that is wanted is asked for', async () => {
    const url = await serve({
      '/v1/models': { status: 401, body: '{"error":"no key"}' },
      '/v1/completions': { status: 401, body: '{"error":"no key"}' },
    })
    const { code, stdout } = await runCli(['probe', url, '--model', 'm'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/refuses access \(401\): give its key with --api-key-env\s+VARIABLE/)
  })
})

describe('before a run', () => {
  test.each<
    [what: string, pages: Parameters<typeof serve>[0], flags: QuickFlags, message: RegExp, hint: RegExp]
  >([
    [
      'a model that is not served',
      { '/v1/models': models('vllm', 'a', 'b') },
      { model: 'c' },
      /model "c" is not served; served: "a", "b"/,
      /--model NAME/,
    ],
    [
      'several models and none named',
      { '/v1/models': models('vllm', 'a', 'b') },
      {},
      /serves several models: "a", "b"/,
      /--model NAME/,
    ],
    [
      'no model anywhere',
      { '/v1/models': { body: '{"data":[]}' } },
      {},
      /does not list its models/,
      /--model NAME/,
    ],
    [
      'a list behind a key',
      { '/v1/models': { status: 401, body: '{}' } },
      {},
      /refuses access to .*\/v1\/models \(401\)/,
      /--api-key-env/,
    ],
    [
      'another dialect than the server speaks',
      {
        '/info': {
          body: '{"router":"text-generation-router","model_id":"m","max_total_tokens":100,"max_concurrent_requests":4}',
        },
      },
      { dialect: 'openai-responses' },
      /404 Not Found/,
      /Text Generation Inference speaks .*--dialect openai-chat/,
    ],
  ])('%s', async (_, pages, flags, message, hint) => {
    const url = await serve(pages)
    const { study, secrets } = quickStudy({ urls: [url], requests: 2, ...flags })
    const run = runStudy({
      study,
      secrets,
      folder: `${temporaryFolder()}/run`,
      layout: 'run',
      observer: blind,
      repeatCommand: '',
    })
    await expect(run).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })
})
