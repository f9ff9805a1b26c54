import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RequestRecord } from '../src/model/record.ts'
import { type Reference, startReference } from '../src/reference/server.ts'
import { quickStudy } from '../src/spec/index.ts'
import { runStudy } from '../src/study/run-study.ts'
import { blind, measure, temporaryFolder } from './measure.ts'

let reference: Reference
let tls: Reference

beforeAll(async () => {
  const timing = { kind: 'fixed', ttftMs: 5, itlMs: 1 } as const
  reference = await startReference({ timing })
  const file = (name: string) => readFileSync(new URL(`fixtures/tls/${name}`, import.meta.url), 'utf8')
  tls = await startReference({
    timing,
    tls: { key: file('localhost-key.pem'), cert: file('localhost-cert.pem') },
  })
})
afterAll(async () => {
  await reference.close()
  await tls.close()
})

const failuresOf = (records: readonly RequestRecord[]) =>
  records.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome] : []))

describe('a fault under load is a record with a kind, and the others are whole', () => {
  // Every second request is spoilt; the first one is the smoke request.
  test.each<[fault: string, kind: string, message: RegExp]>([
    ['status-401', 'http-status', /^401 Unauthorized: /],
    ['status-404', 'http-status', /^404 Not Found: /],
    ['status-429', 'http-status', /^429 Too Many Requests: /],
    ['status-500', 'http-status', /^500 Internal Server Error: /],
    ['http-404-html', 'http-status', /^404 Not Found: <!?\w+/],
    ['status-500-after-headers', 'stream-error', /./],
    ['error-200', 'stream-error', /./],
    ['cut', 'truncated', /closed in the middle/],
    ['reset', 'reset', /reset the connection/],
    ['truncated', 'truncated', /without a finish reason/],
    ['malformed-sse', 'malformed', /not JSON/],
    ['not-json', 'malformed', /neither a stream of events nor JSON \(text\/html.*\): <!?\w+/],
    ['bad-chunk', 'protocol', /chunk without a valid size/],
    ['empty', 'empty', /no token/],
    ['redirect', 'redirect', /^307 redirects to .*: give that URL instead/],
    ['gzip', 'protocol', /compressed \(gzip\)/],
    ['huge-header', 'too-large', /head is longer than 64 KiB/],
  ])('%s', async (fault, kind, message) => {
    const { outcome, data } = await measure({
      urls: [`${reference.url}/fault/${fault}@2`],
      concurrency: 2,
      requests: 6,
      outputTokens: 8,
    })
    expect(outcome.ended).toBe('completed')
    const failures = failuresOf(data.records)
    expect(failures).toHaveLength(4)
    for (const failure of failures) {
      expect(failure.error).toBe(kind)
      expect(failure.message).toMatch(message)
    }
    const whole = data.records.filter((record) => record.outcome.kind === 'completed')
    expect(whole.map((record) => [record.outputTokens?.value, record.events.atNs.length])).toEqual([
      [8, 8],
      [8, 8],
      [8, 8],
      [8, 8],
    ])
    expect(outcome.report.errors.reduce((sum, group) => sum + group.n, 0)).toBe(4)
  })

  test('a 429 says how long to wait', async () => {
    const { data } = await measure({
      urls: [`${reference.url}/fault/status-429@3`],
      concurrency: 1,
      requests: 2,
    })
    expect(failuresOf(data.records)[0]?.retryAfterS).toBe(2)
  })
})

describe('what is odd but whole is no failure', () => {
  test.each([
    'one-byte',
    'split',
    'no-done',
    'finish-apart',
    'role-first',
    'continue-100',
    'content-length',
    'connection-close',
    'close-idle',
    'stall',
    'join-3',
    'wrong-usage',
    'no-usage',
    'short',
  ])('%s', async (fault) => {
    const { data } = await measure({
      urls: [`${reference.url}/fault/${fault}`],
      concurrency: 2,
      requests: 4,
      outputTokens: 6,
    })
    const kinds = data.records.map(({ outcome }) => outcome.kind)
    expect(kinds.filter((kind) => kind === 'completed').length).toBe(6)
    const hangsUp = fault === 'close-idle' || fault === 'connection-close'
    expect(data.run.target.connections).toBe(hangsUp ? 'fresh' : 'reuse')
    expect(data.run.target.notices.some((notice) => /hangs up after each reply/.test(notice))).toBe(hangsUp)
    const tokens = new Set(
      data.records
        .filter((r) => r.outcome.kind === 'completed')
        .map((r) => `${r.outputTokens?.value} ${r.outputTokens?.source}`),
    )
    const expected =
      { short: '3 usage', 'wrong-usage': '13 usage', 'no-usage': '6 events' }[fault] ?? '6 usage'
    expect([...tokens]).toEqual([expected])
  })
})

describe('what never ends is ended', () => {
  test.each([
    ['never', 'a server that never answers'],
    ['drip', 'a stream that only drips'],
    ['endless', 'tokens without end'],
  ])('%s: %s', async (fault) => {
    const { outcome, data } = await measure(
      { urls: [`${reference.url}/fault/${fault}@2`], concurrency: 2, requests: 2, outputTokens: 4 },
      { timeoutS: 1.5 },
    )
    expect(outcome.ended).toBe('completed')
    const failures = failuresOf(data.records)
    expect(failures.map((failure) => [failure.error, failure.message])).toEqual([
      ['timeout', 'The reply was not complete after 1.5 s.'],
      ['timeout', 'The reply was not complete after 1.5 s.'],
    ])
  })
})

describe('a target that fails its first request stops the study with one message', () => {
  test.each<[what: string, url: () => string, message: RegExp, hint: RegExp]>([
    [
      'nothing listens',
      () => 'http://127.0.0.1:9',
      /does not answer.*connection refused/,
      /Is the server running/,
    ],
    [
      'an unknown host',
      () => 'http://no-such-host.invalid',
      /The host "no-such-host.invalid" is not known/,
      /spelling/,
    ],
    ['a wrong path', () => `${reference.url}/nowhere`, /404/, /Name the model|path/],
    ['no key', () => `${reference.url}/fault/status-401`, /401 Unauthorized/, /--api-key-env/],
    ['a wrong model', () => `${reference.url}/fault/status-404`, /404 Not Found/, /model name/],
    ['a page', () => `${reference.url}/fault/not-json`, /neither a stream of events nor JSON/, /right API/],
    ['a redirect', () => `${reference.url}/fault/redirect`, /redirects to/, /follows no redirects/],
    ['a certificate nobody knows', () => tls.url, /certificate/, /NODE_EXTRA_CA_CERTS/],
  ])('%s', async (_, url, message, hint) => {
    const { study, secrets } = quickStudy({ urls: [url()] })
    const folder = join(temporaryFolder(), 'run')
    const options = { study, secrets, folder, layout: 'run', observer: blind, repeatCommand: '' } as const
    await expect(runStudy(options)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    expect(existsSync(folder)).toBe(false)
  })

  test('a certificate nobody knows, when the model is named', async () => {
    const { study, secrets } = quickStudy({ urls: [tls.url], model: 'm' })
    const folder = join(temporaryFolder(), 'run')
    await expect(
      runStudy({ study, secrets, folder, layout: 'run', observer: blind, repeatCommand: '' }),
    ).rejects.toMatchObject({ exitCode: 3, hint: expect.stringMatching(/NODE_EXTRA_CA_CERTS/) })
  })

  test('a server that answers in another protocol', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { study, secrets } = quickStudy({ urls: [url], model: 'm' })
    const folder = join(temporaryFolder(), 'run')
    await expect(
      runStudy({ study, secrets, folder, layout: 'run', observer: blind, repeatCommand: '' }),
    ).rejects.toThrow(/does not speak HTTP/)
  })
})

test('a target that is lost in mid-run is not hammered for ever', async () => {
  const target = await startReference({ timing: { kind: 'fixed', ttftMs: 1, itlMs: 1 } })
  const watch = setInterval(() => {
    if (target.truth().requests.length < 40) return
    clearInterval(watch)
    void target.close()
  }, 20)
  const { outcome } = await measure({ urls: [target.url], concurrency: 4, duration: 60, outputTokens: 4 })
  expect(outcome.ended).toBe('safety-stop')
  expect(outcome.endedReason).toMatch(/none was answered/)
}, 30_000)

test('abortOnErrors stops a run that mostly fails', async () => {
  const { outcome, data } = await measure({
    urls: [`${reference.url}/fault/status-500@3`],
    rate: 200,
    duration: 20,
    abortOnErrors: '20%',
  })
  expect(outcome.ended).toBe('safety-stop')
  expect(outcome.endedReason).toMatch(/% of \d+ requests failed/)
  expect(data.records.length).toBeLessThan(2000)
})

test('maxTokensTotal stops a run that costs too much', async () => {
  const { outcome } = await measure({
    urls: [reference.url],
    concurrency: 4,
    duration: 30,
    maxTokensTotal: 500,
  })
  expect(outcome.ended).toBe('safety-stop')
  expect(outcome.endedReason).toMatch(/output tokens were received/)
})

test('a folder that exists is never written into', async () => {
  const folder = join(temporaryFolder(), 'run')
  mkdirSync(folder)
  const { study, secrets } = quickStudy({ urls: [reference.url] })
  await expect(
    runStudy({ study, secrets, folder, layout: 'run', observer: blind, repeatCommand: '' }),
  ).rejects.toMatchObject({ code: 'exists', exitCode: 2 })
})

test('a key is in the request and in no file', async () => {
  const key = 'sk-very-secret-value'
  process.env.ASSAY_TEST_KEY = key
  const { folder } = await measure({
    urls: [`${reference.url}/fault/status-401@3`],
    concurrency: 1,
    requests: 3,
    apiKeyEnv: 'ASSAY_TEST_KEY',
    headers: [`X-Other: ${key}-2`],
    capture: 'raw',
  })
  for (const name of [
    'run.json',
    'report.json',
    'report.md',
    'report.html',
    'requests.csv',
    'requests.parquet',
  ]) {
    expect(readFileSync(join(folder, name)).includes(key)).toBe(false)
  }
  expect(readFileSync(join(folder, 'run.json'), 'utf8')).toContain('[redacted]')
})
