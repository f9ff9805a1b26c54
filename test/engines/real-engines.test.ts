import { beforeAll, describe, expect, test } from 'vitest'
import { engineStudy, outputTokens, requests, setupEngine } from '../engine-study.ts'

interface RealEngine {
  readonly options: Readonly<Record<string, unknown>>
  /** Of the target. */
  readonly target?: Readonly<Record<string, unknown>>
  /** Whether it ends a text where the model does, whatever length is asked for. */
  readonly endsEarly?: true
}

const vllm = {
  model: 'tiny',
  dtype: 'float32',
  maxBatch: 4,
  contextTokens: 512,
  kvMemory: 1,
  args: ['--enforce-eager'],
}

/** By test name: the engine, and how it is started. The order is that of how long they take. */
const engines: Readonly<Record<string, readonly [string, RealEngine]>> = {
  'transformers-serve, one by one': [
    'transformers-serve',
    { options: { model: 'tiny', dtype: 'float32', threads: 1 }, endsEarly: true },
  ],
  'transformers-serve, continuous, chat': [
    'transformers-serve',
    {
      options: { model: 'tiny', batching: 'continuous' },
      target: { dialect: 'openai-chat' },
      endsEarly: true,
    },
  ],
  'fastapi-transformers, one by one': ['fastapi-transformers', { options: { model: 'tiny', threads: 1 } }],
  'fastapi-transformers, static batches': [
    'fastapi-transformers',
    { options: { model: 'tiny', threads: 1, batching: 'static', maxBatch: 2 } },
  ],
  'triton-transformers over HTTP': ['triton-transformers', { options: { model: 'tiny', threads: 1 } }],
  'triton-transformers over gRPC': [
    'triton-transformers',
    { options: { model: 'tiny', threads: 1 }, target: { dialect: 'kserve-grpc' } },
  ],
  vllm: ['vllm', { options: { ...vllm, prefixCache: false } }],
  'fastapi-vllm, continuous': ['fastapi-vllm', { options: vllm }],
  'fastapi-vllm, static batches': ['fastapi-vllm', { options: { ...vllm, maxBatch: 2, batching: 'static' } }],
}

describe.each(Object.entries(engines))('%s', (_, [engine, { options, target, endsEarly }]) => {
  beforeAll(() => setupEngine(engine))

  test('answers every request of a tiny study with the tokens that were asked for', async () => {
    const { report, data } = await engineStudy(engine, options, target, endsEarly ? 'up-to' : 'exact')
    expect(report.runs[0]?.counts.measure).toMatchObject({
      planned: requests,
      completed: requests,
      failed: 0,
    })
    const measured = data.records.filter(({ phase }) => phase === 1)
    const counts = measured.map(({ outputTokens: count }) => [count?.value, count?.source])
    if (endsEarly === true) {
      for (const [value, source] of counts) {
        expect(source).toBe('usage')
        expect(value).toBeGreaterThan(0)
        expect(value).toBeLessThanOrEqual(outputTokens)
      }
    } else {
      expect(counts).toEqual(Array.from({ length: requests }, () => [outputTokens, 'usage']))
    }
    expect(data.run.target.engineInfo).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/) as string,
    })
    // What the engine itself counted, where it has a metrics page.
    const counters = report.serverCounters.map(({ counter, state }) => `${counter} ${state}`)
    expect(counters).toEqual(
      engine === 'transformers-serve'
        ? []
        : engine.startsWith('triton-')
          ? // It counts no tokens.
            ['requests-finished agrees']
          : ['requests-finished agrees', 'prompt-tokens agrees', 'generated-tokens agrees'],
    )
    if (engine.startsWith('fastapi-')) {
      expect(data.run.target.engineInfo).toMatchObject({
        dtype: 'float32',
        maxSequences: options.maxBatch ?? 1,
        batching: options.batching ?? (engine === 'fastapi-vllm' ? 'continuous' : 'off'),
      })
    }
    expect(data.run.target.model).toMatch(/tiny$/)
  })
})
