import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { dialectNames, grpcDialects } from '../model/dialect.ts'
import type { LengthDistribution } from '../model/length.ts'
import type { Load } from '../model/load.ts'
import type { Study } from '../model/study.ts'
import { balances, type Target } from '../model/target.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import {
  type LengthPair,
  ladderSteps,
  type SourceKind,
  takes,
  traceFormats,
  type WorkloadSource,
} from '../model/workload-source.ts'
import { parseStudy } from './index.ts'

const count = fc.integer({ min: 1, max: 1_000_000 })
const seconds = fc.oneof(fc.integer({ min: 1, max: 3600 }), fc.double({ min: 0.001, max: 3600, noNaN: true }))
// "${" refers to the environment.
const text = fc.string({ minLength: 1, maxLength: 12 }).filter((value) => !value.includes('${'))
const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/)
const header = token.map((name) => `X-${name}`)
const share = fc.double({ min: 0, max: 1, noNaN: true })

const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true })
const bounds = { min: fc.integer({ min: 1, max: 999 }), max: fc.integer({ min: 1000, max: 9999 }) }
const length: fc.Arbitrary<LengthDistribution> = fc.oneof(
  count.map((tokens) => ({ kind: 'fixed' as const, tokens })),
  fc
    .tuple(count, count)
    .map(([a, b]) => ({ kind: 'uniform' as const, min: Math.min(a, b), max: Math.max(a, b) })),
  fc
    .tuple(
      fc.integer({ min: 1, max: 999 }),
      fc.integer({ min: 1000, max: 2000 }),
      fc.double({ min: 0, max: 500, noNaN: true }),
    )
    .map(([min, max, sd]) => ({ kind: 'normal' as const, mean: (min + max) / 2, sd, min, max })),
  fc.record({
    kind: fc.constant('lognormal' as const),
    median: positive,
    sigma: fc.double({ min: 0.01, max: 10, noNaN: true }),
    ...bounds,
  }),
  fc.record({
    kind: fc.constantFrom('exponential' as const, 'capped-exponential' as const),
    mean: positive,
    ...bounds,
  }),
  fc.record({ kind: fc.constant('gamma' as const), shape: positive, mean: positive, ...bounds }),
  fc.record({
    kind: fc.constant('histogram' as const),
    bins: fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 99, max: 200 }), count), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
)

const optional = <T>(values: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(values, { requiredKeys: [] })

const target: fc.Arbitrary<Omit<Target, 'name'>> = fc
  .record({
    urls: fc.array(
      fc.integer({ min: 1, max: 65_535 }).map((port) => `http://h:${port}/x`),
      { minLength: 1, maxLength: 3 },
    ),
    dialect: fc.constantFrom(...dialectNames),
    dialectOptions: fc.dictionary(token, token, { maxKeys: 2 }),
    balance: fc.constantFrom(...balances),
    headers: fc.dictionary(header, token, { maxKeys: 3 }),
    transport: fc.constantFrom('http1' as const, 'http2' as const),
    connections: fc.constantFrom('reuse' as const, 'fresh' as const),
    timeoutS: seconds,
    body: fc.dictionary(token, fc.oneof(fc.integer(), token, fc.boolean()), { maxKeys: 3 }),
    more: optional({
      metricsUrl: fc.constant('http://h:2/metrics'),
      model: text,
      gpus: count,
      tokenizer: token.map((name) => `/${name}`),
    }),
  })
  .map(({ more, transport, ...rest }) => {
    const isGrpc = grpcDialects.includes(rest.dialect)
    return { ...rest, ...more, transport: isGrpc ? ('grpc' as const) : transport }
  })

const path = token.map((name) => `/${name}`)
const kinds = <const K extends SourceKind>(...names: K[]) => fc.constantFrom(...names)
const needed = <T extends object>(all: fc.Arbitrary<T>, more: fc.Arbitrary<object>) =>
  fc.tuple(all, more).map(([one, two]) => ({ ...one, ...two }))
const pool = fc.record({ tokens: count, pool: count })
const history = fc.constantFrom('recorded' as const, 'live' as const)
const thinkMs = fc.integer({ min: 0, max: 60_000 })
const source = fc.oneof(
  needed(
    fc.record({ kind: kinds('synthetic'), prompt: length, output: length }),
    optional({
      style: fc.constantFrom('english' as const, 'words' as const),
      pairs: fc.array(fc.record({ prompt: count, output: count, weight: count }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  ),
  needed(
    fc.record({
      kind: kinds('shared-prefix'),
      prompt: length,
      output: length,
      levels: fc.tuple(pool),
      cache: fc.oneof(
        fc.record({ kind: fc.constantFrom('cold' as const, 'warm' as const) }),
        fc.record({ kind: fc.constant('hit-rate' as const), share }),
      ),
    }),
    optional({ salt: token, system: fc.boolean() }),
  ),
  needed(
    fc.record({ kind: kinds('synthetic-conversations'), prompt: length, output: length, turns: length }),
    optional({ history, thinkMs }),
  ),
  fc.record({
    kind: kinds('ladder'),
    steps: fc.array(fc.constantFrom(...ladderSteps), { minLength: 1, maxLength: 4 }),
    style: fc.constantFrom('questions' as const, 'words' as const),
    output: length,
  }),
  fc.record({ kind: kinds('sample') }),
  needed(
    fc.record({ kind: kinds('jsonl', 'parquet', 'csv', 'hf-folder'), path }),
    optional({ output: length, columns: fc.record({ prompt: token }) }),
  ),
  needed(fc.record({ kind: kinds('openai-batch', 'tinystories'), path }), optional({ output: length })),
  needed(fc.record({ kind: kinds('cnn-dailymail'), path }), optional({ output: length, instruction: text })),
  needed(
    fc.record({ kind: kinds('longbench'), path }),
    optional({ bands: fc.array(fc.tuple(fc.nat({ max: 9 }), count), { minLength: 1, maxLength: 3 }) }),
  ),
  needed(
    fc.record({ kind: kinds('sharegpt'), path, take: fc.constantFrom(...takes) }),
    optional({ output: length, pick: count, history, thinkMs }),
  ),
  needed(fc.record({ kind: kinds('conversations'), path }), optional({ output: length, history, thinkMs })),
  needed(
    fc.record({ kind: kinds(...traceFormats), path }),
    optional({
      timeScale: positive,
      window: needed(
        fc.record({ fromS: fc.nat({ max: 3600 }) }),
        optional({ toS: fc.integer({ min: 3601, max: 9999 }) }),
      ),
    }),
  ),
) as fc.Arbitrary<WorkloadSource>

const workload: fc.Arbitrary<Omit<WorkloadSpec, 'name'>> = fc
  .record({
    source,
    outputMode: fc.constantFrom('exact' as const, 'up-to' as const),
    sampling: optional({
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
      topK: fc.integer({ min: -1, max: 1000 }),
      minP: fc.double({ min: 0, max: 1, noNaN: true }),
      presencePenalty: fc.double({ min: -2, max: 2, noNaN: true }),
      n: count,
      addSpecialTokens: fc.boolean(),
      seed: fc.integer(),
      stop: fc.array(text, { minLength: 1, maxLength: 3 }),
    }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    more: optional({
      size: count,
      promptMode: fc.constant('raw' as const),
      promptsPerRequest: fc.integer({ min: 2, max: 1024 }),
    }),
  })
  .map(({ more, temperature, sampling, ...rest }) => ({
    ...rest,
    sampling: { temperature, ...sampling },
    ...more,
  }))

const limit = fc.oneof(
  fc.record({ requests: count }),
  fc.record({ durationS: seconds }),
  fc.record({ requests: count, durationS: seconds }),
)
const load: fc.Arbitrary<Omit<Load, 'name'>> = fc.oneof(
  fc.record({
    pacing: fc.oneof(
      fc.record({ kind: fc.constant('concurrency' as const), concurrency: count }),
      fc.record({ kind: fc.constant('users' as const), users: count, rampS: fc.nat({ max: 3600 }) }),
      fc.record({
        kind: fc.constantFrom('poisson' as const, 'constant' as const),
        ratePerSecond: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      }),
    ),
    until: limit,
    warmup: fc.oneof(limit, fc.constant({})),
    drainS: fc.nat({ max: 600 }),
    maxInFlight: count,
  }),
  fc.record({ burst: count, drainS: fc.nat({ max: 600 }), maxInFlight: count }).map(({ burst, ...rest }) => ({
    pacing: { kind: 'burst' as const, burst },
    until: { requests: burst },
    warmup: {},
    ...rest,
  })),
)

const named = <T extends object>(items: fc.Arbitrary<T>) =>
  fc
    .array(fc.tuple(text, items), { minLength: 1, maxLength: 3, size: 'small' })
    .map((all) => all.map(([name, item], i) => ({ ...item, name: `${name}${i}` })))

const study: fc.Arbitrary<Study> = fc.record({
  name: text,
  seed: fc.maxSafeInteger(),
  repeats: count,
  capture: fc.constantFrom('none' as const, 'text' as const, 'raw' as const),
  targets: named(target),
  workloads: named(workload),
  loads: named(load),
  limits: optional({ maxTokensTotal: count, abortOnErrors: share }),
})

function writeLength(tokens: LengthDistribution): unknown {
  switch (tokens.kind) {
    case 'fixed':
      return tokens.tokens
    case 'uniform':
      return { uniform: [tokens.min, tokens.max] }
    case 'histogram':
      return { histogram: tokens.bins }
    case 'normal':
    case 'lognormal':
    case 'exponential':
    case 'capped-exponential':
    case 'gamma': {
      const { kind, ...rest } = tokens
      return { [kind]: rest }
    }
    default:
      return tokens satisfies never
  }
}

function writeTarget({ timeoutS, transport, ...same }: Target): unknown {
  // gRPC is said by the dialect.
  return { ...same, ...(transport === 'grpc' ? {} : { transport }), timeout: timeoutS }
}

function writeWorkload({ source, outputMode, sampling, ...same }: WorkloadSpec): unknown {
  const isTrace = (traceFormats as readonly string[]).includes(source.kind)
  const { kind, output, ...rest } = source
  const written = Object.fromEntries(Object.entries(rest).flatMap(([name, value]) => writeKey(name, value)))
  const prompt = 'prompt' in source ? { tokens: writeLength(source.prompt) } : {}
  const style = 'style' in source ? { style: source.style } : {}
  return {
    ...same,
    sampling,
    source: kind,
    ...written,
    ...('prompt' in source || 'style' in source ? { prompt: { ...prompt, ...style } } : {}),
    output: {
      mode: outputMode,
      ...(output === undefined || isTrace ? {} : { tokens: writeLength(output) }),
    },
  }
}

/** A field of a source as its user could have written it. */
function writeKey(name: string, value: unknown): [string, unknown][] {
  switch (name) {
    case 'prompt':
    case 'style':
      return []
    case 'pairs':
      return [[name, (value as LengthPair[]).map(({ prompt, output, weight }) => [prompt, output, weight])]]
    case 'turns':
      return [[name, writeLength(value as LengthDistribution)]]
    case 'levels':
      return [['prefix', value]]
    case 'thinkMs':
      return [['thinkTime', `${String(value)}ms`]]
    case 'window': {
      const { fromS, toS } = value as { fromS: number; toS?: number }
      return [[name, { from: fromS, ...(toS === undefined ? {} : { to: toS }) }]]
    }
    case 'cache': {
      const contract = value as { kind: string; share?: number }
      return [[name, contract.kind === 'hit-rate' ? { hitRate: contract.share } : contract.kind]]
    }
    default:
      return [[name, value]]
  }
}

function writeLimit({ requests, durationS }: Load['until']): object {
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(durationS === undefined ? {} : { duration: durationS }),
  }
}

function writeLoad({ pacing, until, warmup, drainS, ...same }: Load): unknown {
  const phases = { ...writeLimit(until), warmup: writeLimit(warmup) }
  const rest = { ...same, drain: drainS }
  switch (pacing.kind) {
    case 'concurrency':
      return { ...rest, ...phases, concurrency: pacing.concurrency }
    case 'users':
      return { ...rest, ...phases, users: pacing.users, ramp: pacing.rampS }
    case 'poisson':
    case 'constant':
      return { ...rest, ...phases, rate: pacing.ratePerSecond, arrivals: pacing.kind }
    case 'burst':
      return { ...rest, burst: pacing.burst }
    default:
      return pacing satisfies never
  }
}

/** A study as its user could have written it. */
function write({ limits, targets, workloads, loads, ...same }: Study): string {
  return stringify({
    ...same,
    ...limits,
    targets: targets.map(writeTarget),
    workloads: workloads.map(writeWorkload),
    loads: loads.map(writeLoad),
  })
}

test('any study, written out, is read as itself', () => {
  fc.assert(
    fc.property(study, (given) => {
      expect(parseStudy(write(given), { file: '/studies/a.yaml', env: {} }).study).toEqual(given)
    }),
  )
})

test('any text is a study or a list of mistakes, never another error', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'targets:\n',
      '  - url: h\n',
      'loads:\n',
      '  - rate: 1\n',
      '    ramp: 2\n',
      '${A',
      '}',
      '*a',
      '&a ',
      '[',
      '{ ',
      '"',
      ': ',
      '\t',
      'seed: 1\n',
    ),
    fc.string({ maxLength: 5 }),
  )
  const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(texts, (given) => {
      try {
        parseStudy(given, { file: 'a.yaml', env: {} })
      } catch (error) {
        expect(error).toMatchObject({ name: 'AssayError', exitCode: 2 })
      }
    }),
    { numRuns: 300 },
  )
})
