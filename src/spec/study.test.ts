import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expand, parseStudy } from './index.ts'

const parse = (text: string) => parseStudy(text, { file: 'study.yaml', env: {} }).study
const target = 'targets:\n  - url: http://127.0.0.1:8000\n'

test('a target is enough for a study', () => {
  const { study, secrets } = parseStudy('targets: [{ url: "127.0.0.1:8000" }]', { file: 'a/b.yaml', env: {} })
  expect(secrets).toEqual([])
  expect(study).toEqual({
    name: 'b',
    seed: 1,
    repeats: 1,
    capture: 'text',
    targets: [
      {
        name: '127.0.0.1:8000',
        dialect: 'openai-chat',
        dialectOptions: {},
        balance: 'round-robin',
        urls: ['http://127.0.0.1:8000'],
        headers: {},
        transport: 'http1',
        connections: 'reuse',
        timeoutS: 600,
        body: {},
      },
    ],
    workloads: [
      {
        name: 'synthetic',
        source: {
          kind: 'synthetic',
          prompt: { kind: 'fixed', tokens: 128 },
          output: { kind: 'fixed', tokens: 64 },
        },
        outputMode: 'exact',
        sampling: { temperature: 0 },
      },
    ],
    loads: [
      {
        name: 'c8',
        pacing: { kind: 'concurrency', concurrency: 8 },
        until: { requests: 200 },
        warmup: { requests: 8 },
        drainS: 30,
        maxInFlight: 10_000,
      },
    ],
    limits: {},
  })
})

test('an empty workload and an empty-handed load are the ones of a study without any', () => {
  const written = parse(`${target}workloads: [{}]\nloads: [{ concurrency: 8 }]\n`)
  const absent = parse(target)
  expect([written.workloads, written.loads]).toEqual([absent.workloads, absent.loads])
})

describe('a load', () => {
  test.each([
    [
      'users: 10\n    ramp: 5',
      {
        name: 'u10-ramp5',
        pacing: { kind: 'users', users: 10, rampS: 5 },
        until: { requests: 200 },
        warmup: { requests: 10 },
      },
    ],
    ['users: 3\n    ramp: 0', { name: 'u3', pacing: { kind: 'users', users: 3, rampS: 0 } }],
    [
      'rate: 2.5\n    duration: 2m',
      {
        name: 'poisson-2.5',
        pacing: { kind: 'poisson', ratePerSecond: 2.5 },
        until: { durationS: 120 },
        warmup: {},
      },
    ],
    ['rate: 2\n    arrivals: constant\n    requests: 5', { name: 'constant-2', until: { requests: 5 } }],
    ['burst: 100', { name: 'burst-100', until: { requests: 100 }, warmup: {} }],
    [
      'concurrency: 2\n    duration: 500ms\n    warmup: { duration: 1.5s }\n    drain: 0',
      { until: { durationS: 0.5 }, warmup: { durationS: 1.5 }, drainS: 0 },
    ],
    ['concurrency: 2\n    requests: 9\n    duration: 1h', { until: { requests: 9, durationS: 3600 } }],
    ['concurrency: 2\n    warmup: { requests: 0 }', { warmup: {} }],
    ['concurrency: 2\n    warmup: {}', { warmup: {} }],
  ])('%s', (load, expected) => {
    const { name, pacing, until, warmup, drainS } = parse(`${target}loads:\n  - ${load}\n`).loads[0] ?? {}
    const resolved: Record<string, unknown> = { name, pacing, until, warmup, drainS }
    for (const [key, value] of Object.entries(expected)) expect(resolved[key]).toEqual(value)
  })
})

describe('a length', () => {
  test.each([
    ['12', { kind: 'fixed', tokens: 12 }],
    ['{ uniform: [1, 9] }', { kind: 'uniform', min: 1, max: 9 }],
    ['{ normal: { mean: 10, sd: 2 } }', { kind: 'normal', mean: 10, sd: 2, min: 1, max: 18 }],
    [
      '{ normal: { mean: 10, sd: 2, min: 5, max: 12 } }',
      { kind: 'normal', mean: 10, sd: 2, min: 5, max: 12 },
    ],
  ])('%s', (tokens, expected) => {
    const { source } = parse(`${target}workloads: [{ prompt: { tokens: ${tokens} } }]`).workloads[0] ?? {}
    expect(source).toMatchObject({ prompt: expected })
  })
})

describe('a URL', () => {
  test.each([
    ['host:8000', 'http://host:8000', 'openai-chat', 'host:8000'],
    ['https://host/v1/', 'https://host/v1', 'openai-chat', 'host'],
    ['http://[::1]:80/v1/completions', 'http://[::1]:80', 'openai-completions', '[::1]'],
    ['http://host/v1/chat/completions?a=b', 'http://host?a=b', 'openai-chat', 'host'],
    ['HTTP://host/openai', 'HTTP://host/openai', 'openai-chat', 'host'],
  ])('%s', (url, base, dialect, name) => {
    expect(parse(`targets: [{ url: "${url}" }]`).targets[0]).toMatchObject({ name, dialect, urls: [base] })
  })
})

test('names that were not given differ from those that were', () => {
  const study = parse(
    'targets: [{ engine: embedded }, { engine: embedded }, { engine: embedded, name: embedded }]\n' +
      'loads: [{ burst: 2 }, { burst: 2 }]',
  )
  expect(study.targets.map(({ name }) => name)).toEqual(['embedded-2', 'embedded-3', 'embedded'])
  expect(study.loads.map(({ name }) => name)).toEqual(['burst-2', 'burst-2-2'])
})

test('every path is relative to the study', () => {
  const text =
    'targets: [{ engine: embedded, options: { gguf: m.gguf }, tokenizer: t }]\n' +
    'workloads: [{ source: jsonl, path: ../a.jsonl, tokenizer: /t.json }]'
  const { study } = parseStudy(text, { file: '/x/y/study.yaml', env: {} })
  expect(study.targets[0]).toMatchObject({
    engine: { options: { gguf: resolve('/x/y/m.gguf') } },
    tokenizer: resolve('/x/y/t'),
  })
  expect(study.workloads[0]).toMatchObject({
    source: { path: resolve('/x/a.jsonl') },
    tokenizer: resolve('/t.json'),
  })
})

test('repeats alternate the order of the targets', () => {
  const study = parse(
    'repeats: 3\ntargets: [{ name: a, engine: embedded }, { name: b, engine: embedded }]\n' +
      'loads: [{ burst: 1 }, { burst: 2 }]',
  )
  const cells = expand(study).map((cell) => `${cell.target.name}${cell.repeat}`)
  expect(cells.slice(0, 6)).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
  expect(new Set(expand(study).map((cell) => JSON.stringify(cell))).size).toBe(12)
})

test('an anchor repeats a value', () => {
  const study = parse(
    'targets:\n  - { name: a, url: a, headers: &h { X-A: b } }\n  - { name: b, url: b, headers: *h }',
  )
  expect(study.targets[1]?.headers).toEqual({ 'X-A': 'b' })
})
