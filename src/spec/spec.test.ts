import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { dialects } from '../dialects/index.ts'
import { AssayError } from '../model/errors.ts'
import { expand, jsonSchema, loadStudy, parseStudy, quickStudy, specMarkdown } from './index.ts'
import { dialectNames } from './schema.ts'

const parse = (text: string, set: readonly string[] = [], env: Record<string, string> = {}) =>
  parseStudy(text, { file: 'study.yaml', set, env })

/** What a user is told about a study. */
function told(text: string, set: readonly string[] = [], env: Record<string, string> = {}): string {
  try {
    parse(text, set, env)
  } catch (error) {
    if (error instanceof AssayError) return error.message
    throw error
  }
  return 'nothing'
}

const target = 'targets:\n  - url: http://127.0.0.1:8000\n'

describe('defaults', () => {
  test('a target is enough for a study', () => {
    const { study, secrets } = parse('targets: [{ url: "127.0.0.1:8000" }]')
    expect(study).toEqual({
      name: 'study',
      seed: 1,
      repeats: 1,
      capture: 'text',
      targets: [
        {
          name: '127.0.0.1:8000',
          dialect: 'openai-chat',
          urls: ['http://127.0.0.1:8000'],
          headers: {},
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
    expect(secrets).toEqual([])
  })

  test.each([
    [
      'users: 10\n    ramp: 5',
      { name: 'u10-ramp5', pacing: { kind: 'users', users: 10, rampS: 5 }, warmup: { requests: 10 } },
    ],
    ['rate: 2.5\n    duration: 2m', { name: 'poisson-2.5', until: { durationS: 120 }, warmup: {} }],
    ['rate: 2\n    arrivals: constant\n    requests: 5', { name: 'constant-2', until: { requests: 5 } }],
    ['burst: 100', { name: 'burst-100', until: { requests: 100 }, warmup: {} }],
    [
      'concurrency: 2\n    duration: 500ms\n    warmup: { duration: 1s }',
      { until: { durationS: 0.5 }, warmup: { durationS: 1 } },
    ],
  ])('load %s', (load, expected) => {
    expect(parse(`${target}loads:\n  - ${load}\n`).study.loads[0]).toMatchObject(expected)
  })

  test('names that were not given are made unique', () => {
    const { study } = parse(
      'targets: [{ engine: embedded }, { engine: embedded }]\nloads: [{ burst: 2 }, { burst: 2 }]',
    )
    expect(study.targets.map(({ name }) => name)).toEqual(['embedded', 'embedded-2'])
    expect(study.loads.map(({ name }) => name)).toEqual(['burst-2', 'burst-2-2'])
  })

  test('repeats alternate the order of the targets', () => {
    const { study } = parse(
      'repeats: 2\ntargets: [{ name: a, engine: embedded }, { name: b, engine: embedded }]',
    )
    expect(expand(study).map((cell) => `${cell.target.name}${cell.repeat}`)).toEqual(['a0', 'b0', 'b1', 'a1'])
  })

  test('paths are relative to the study', () => {
    const { study } = parseStudy(`${target}workloads: [{ source: jsonl, path: a.jsonl }]`, {
      file: '/x/y/study.yaml',
    })
    expect(study.workloads[0]?.source).toMatchObject({ path: resolve('/x/y/a.jsonl') })
  })
})

describe('mistakes', () => {
  test.each([
    [
      'an unknown key',
      'tragets: []',
      'study.yaml:1:1: there is no key "tragets" here.\n    Did you mean "targets"?',
    ],
    [
      'a key of another place',
      `${target}    conections: fresh\n`,
      'study.yaml:3:5: there is no key "conections" here.\n    Did you mean "connections"?',
    ],
    [
      'a misspelt choice',
      `${target}    dialect: openai-caht\n`,
      'targets[0].dialect is "openai-caht": expected one of openai-chat, openai-completions.\n    Did you mean "openai-chat"?',
    ],
    [
      'a text for a number',
      `${target}loads:\n  - concurrency: eight\n`,
      'study.yaml:4:5: loads[0].concurrency is "eight": expected a whole number of at least 1.',
    ],
    [
      'zero',
      `${target}loads:\n  - concurrency: 0\n`,
      'loads[0].concurrency is 0: expected a whole number of at least 1.',
    ],
    [
      'a bad time',
      `${target}loads:\n  - rate: 2\n    duration: soon\n`,
      'study.yaml:5:5: loads[0].duration is "soon": expected a time: seconds, or a text such as "90s" or "2m".',
    ],
    [
      'a bad share',
      `${target}abortOnErrors: 20\n`,
      'abortOnErrors is 20: expected a share: a text such as "20%", or a number from 0 to 1.',
    ],
    [
      'a bad length',
      `${target}workloads: [{ prompt: { tokens: { unifrom: [1, 2] } } }]\n`,
      'workloads[0].prompt.tokens is {"unifrom":[1,2]}: expected a number of tokens',
    ],
    [
      'lengths the wrong way round',
      `${target}workloads: [{ prompt: { tokens: { uniform: [9, 2] } } }]\n`,
      'the shortest length (9) is above the longest (2).',
    ],
    ['no targets', 'seed: 1\n', 'targets is missing: expected a list of targets.'],
    [
      'two loads in one',
      `${target}loads:\n  - concurrency: 8\n    rate: 2\n`,
      'study.yaml:5:5: concurrency and rate are different loads.\n    Keep one here; a study may list several loads.',
    ],
    [
      'no load in one',
      `${target}loads:\n  - requests: 8\n`,
      'study.yaml:4:5: a load needs one of concurrency, users, rate, burst.',
    ],
    [
      'a ramp without users',
      `${target}loads:\n  - rate: 8\n    ramp: 2\n`,
      'study.yaml:5:5: ramp goes only with users.',
    ],
    [
      'arrivals without a rate',
      `${target}loads:\n  - burst: 8\n    arrivals: poisson\n`,
      'arrivals goes only with rate.',
    ],
    [
      'a burst that lasts',
      `${target}loads:\n  - burst: 8\n    duration: 2\n`,
      'a burst is sent at one instant: it has no duration.',
    ],
    [
      'an engine with a URL',
      'targets:\n  - engine: embedded\n    url: http://a\n',
      'study.yaml:3:5: a target has only one of engine and url.',
    ],
    [
      'options without an engine',
      `${target}    options: { sequences: 2 }\n`,
      'options goes only with engine.',
    ],
    [
      'neither engine nor URL',
      'targets:\n  - model: a\n',
      'study.yaml:2:5: a target needs one of engine, url and urls.',
    ],
    ['a file for synthetic', `${target}workloads: [{ path: a }]\n`, 'source synthetic reads no file.'],
    ['jsonl without a file', `${target}workloads: [{ source: jsonl }]\n`, 'source jsonl needs a path.'],
    [
      'two of one name',
      'targets:\n  - { name: a, engine: embedded }\n  - { name: a, engine: embedded }\n',
      'study.yaml:3:7: two targets are called "a".',
    ],
    ['a duplicate key', 'seed: 1\nseed: 2\n', 'study.yaml:2:1: Map keys must be unique.'],
    ['broken YAML', 'targets: [\n', 'study.yaml:2:1:'],
    ['an unknown alias', 'targets: *all\n', 'study.yaml'],
    ['a list for a study', '- 1\n', 'the study is [1]: expected a study: keys and values.'],
    [
      'an unset variable',
      `${target}seed: \${SEED}\n`,
      'study.yaml:3:1: the environment variable SEED is not set.\n    Set it, or give a default: ${SEED:-value}',
    ],
    [
      'an unset key',
      `${target}    apiKeyEnv: KEY\n`,
      'study.yaml:3:5: the environment variable KEY is not set.',
    ],
  ])('%s', (_, text, message) => {
    expect(told(text)).toContain(message)
  })

  test('all of a file are told at once, in its order', () => {
    const message = told(
      `sede: 1\n${target}    gpus: none\nloads:\n  - concurrency: 2\n    burst: 3\n    drian: 1\n`,
    )
    expect(message.split('\n').filter((line) => !line.startsWith(' '))).toEqual([
      '4 mistakes in study.yaml:',
      'study.yaml:1:1: there is no key "sede" here.',
      'study.yaml:4:5: targets[0].gpus is "none": expected a whole number of at least 1.',
      'study.yaml:7:5: concurrency and burst are different loads.',
      'study.yaml:8:5: there is no key "drian" here.',
    ])
  })

  test('a missing file names a first study', async () => {
    await expect(loadStudy('nowhere.yaml')).rejects.toMatchObject({ code: 'study-file', exitCode: 2 })
  })
})

describe('--set', () => {
  test('replaces and adds values, with and without brackets', () => {
    const { study } = parse(`${target}loads:\n  - burst: 8\n`, [
      'targets.0.url=http://b:1',
      'loads[0].burst=9',
      'seed=5',
    ])
    expect([study.targets[0]?.urls, study.loads[0]?.until.requests, study.seed]).toEqual([
      ['http://b:1'],
      9,
      5,
    ])
  })

  test.each([
    ['sede=5', '--set sede=5: there is no key "sede" here.\n    Did you mean "seed"?'],
    ['seed=x', '--set seed=x: seed is "x": expected a whole number.'],
    ['targets[3].url=x', '--set targets[3].url=x: targets has no entry 3.'],
    ['seed', '--set seed: expected path=value.'],
  ])('%s', (assignment, message) => {
    expect(told(target, [assignment])).toContain(message)
  })
})

describe('the environment', () => {
  test('fills values, and a number stays a number', () => {
    const { study } = parse(`${target}seed: \${N}\nname: "\${N}"\n`, [], { N: '7' })
    expect([study.seed, study.name]).toEqual([7, '7'])
  })

  test('what it puts into headers and bodies is secret, and so is a key', () => {
    const text = `${target}    headers: { X-Key: "k \${A}" }\n    body: { user: "\${B}" }\n    apiKeyEnv: C\n`
    const { study, secrets } = parse(text, [], { A: 'one', B: 'two', C: 'three' })
    expect(study.targets[0]?.headers).toEqual({ 'X-Key': 'k one' })
    expect(secrets).toEqual(['k one', 'two', 'three'])
  })

  test('a header named like a key is secret, wherever its value comes from', () => {
    expect(parse(`${target}    headers: { Authorization: Bearer abc, X-Team: a }\n`).secrets).toEqual([
      'Bearer abc',
    ])
  })

  test('never changes the structure', () => {
    expect(parse(`${target}name: \${N}\n`, [], { N: 'a\nseed: 9' }).study).toMatchObject({
      name: 'a\nseed: 9',
      seed: 1,
    })
  })
})

describe('quick', () => {
  test('without a URL measures the embedded engine', () => {
    const { study } = quickStudy({}, {})
    expect(study.targets[0]?.engine).toEqual({ name: 'embedded', options: {} })
    expect(study.loads[0]).toMatchObject({ name: 'c8', until: { requests: 200 } })
  })

  test.each([
    ['host:8000', 'http://host:8000', 'openai-chat'],
    ['https://host/v1', 'https://host/v1', 'openai-chat'],
    ['http://host/v1/completions', 'http://host', 'openai-completions'],
    ['http://host/v1/chat/completions/', 'http://host', 'openai-chat'],
  ])('understands %s', (url, base, dialect) => {
    expect(quickStudy({ urls: [url] }, {}).study.targets[0]).toMatchObject({ urls: [base], dialect })
  })

  test('headers and keys are secrets', () => {
    const flags = { urls: ['a'], headers: ['X-A: one', 'X-B:two'], apiKeyEnv: 'K' }
    const { study, secrets } = quickStudy(flags, { K: 'three' })
    expect(study.targets[0]?.headers).toEqual({ 'X-A': 'one', 'X-B': 'two' })
    expect(secrets).toEqual(['one', 'two', 'three'])
  })

  test('mistakes name their flags, all at once', () => {
    const flags = { concurrency: 0, rate: 2, ramp: 3, headers: ['nonsense'], topP: 2, apiKeyEnv: 'NO' }
    let message = ''
    try {
      quickStudy(flags, {})
    } catch (error) {
      message = (error as Error).message
    }
    for (const flag of ['--concurrency:', '--rate:', '--ramp:', '--header:', '--top-p:', '--api-key-env:']) {
      expect(message).toContain(flag)
    }
    expect(message).toContain('--rate: concurrency and rate are different loads.')
  })
})

describe('what is generated from the schema', () => {
  test('docs/spec.md is current: run "npm run docs"', () => {
    const page = readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8')
    expect(page).toBe(specMarkdown())
  })

  test('its example is a study', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(specMarkdown())?.[1] ?? ''
    expect(parse(yaml, [], { NEW_SERVER_KEY: 'secret' }).study.targets).toHaveLength(2)
  })

  test('the JSON Schema describes every key', () => {
    expect(jsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['targets'],
      additionalProperties: false,
      properties: { seed: { default: 1, description: 'Seed of every random choice.' } },
    })
  })

  test('the dialects are those of the dialect table', () => {
    expect([...dialectNames]).toEqual(Object.keys(dialects))
  })
})

const examples = new URL('../../examples/', import.meta.url)
test.each(
  readdirSync(examples).filter((name) => name.endsWith('.yaml')),
)('example %s is a study', async (name) => {
  const { study } = await loadStudy(new URL(name, examples).pathname, { env: {} })
  expect(study.targets.length).toBeGreaterThan(1)
})

test('a study written as YAML means what it says', () => {
  const input = fc.record({
    seed: fc.integer(),
    repeats: fc.integer({ min: 1, max: 9 }),
    targets: fc.array(fc.record({ model: fc.string({ minLength: 1 }), url: fc.constant('http://h:1') }), {
      minLength: 1,
      maxLength: 3,
    }),
    loads: fc.array(
      fc.record({
        rate: fc.double({ min: 0.1, max: 1e6, noNaN: true }),
        requests: fc.integer({ min: 1, max: 999 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  fc.assert(
    fc.property(input, (written) => {
      // A dollar sign and a brace refer to the environment.
      fc.pre(!JSON.stringify(written).includes('${'))
      const { study } = parse(stringify(written))
      expect([study.seed, study.repeats]).toEqual([written.seed, written.repeats])
      expect(study.targets.map(({ model }) => model)).toEqual(written.targets.map(({ model }) => model))
      expect(study.loads.map(({ pacing }) => 'ratePerSecond' in pacing && pacing.ratePerSecond)).toEqual(
        written.loads.map(({ rate }) => rate),
      )
    }),
  )
})
