import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FitQuestion, fitModel, type SplitFit } from './fit.ts'
import { parseGpus } from './gpus.ts'
import { parameterCount } from './model-shape.ts'
import { modelNames, models } from './models.ts'
import { quantisations } from './number-types.ts'

/** Counted in the published checkpoints. */
const published: readonly (readonly [keyof typeof models, number])[] = [
  ['tinyllama-1.1b', 1_100_048_384],
  ['llama-2-7b', 6_738_415_616],
  ['llama-2-13b', 13_015_864_320],
  ['llama-2-70b', 68_976_648_192],
  ['llama-3-8b', 8_030_261_248],
  ['llama-3-70b', 70_553_706_496],
  ['llama-3.1-405b', 405_853_388_800],
  ['mistral-7b', 7_241_732_096],
  ['mixtral-8x7b', 46_702_792_704],
  ['qwen2.5-7b', 7_615_616_512],
  ['qwen2.5-14b', 14_770_033_664],
  ['qwen2.5-32b', 32_763_876_352],
  ['qwen2.5-72b', 72_706_203_648],
  ['gemma-2-2b', 2_614_341_888],
  ['gemma-2-9b', 9_241_705_984],
  ['gemma-2-27b', 27_227_128_320],
  ['opt-13b', 12_853_473_280],
  ['phi-2', 2_779_683_840],
]

test.each(published)('%s has %d parameters', (name, count) => {
  expect(parameterCount(models[name])).toBe(count)
})

const ask = (model: keyof typeof models, gpus: string, others: Partial<FitQuestion> = {}) =>
  fitModel({
    shape: models[model],
    weightBytes: 2,
    kvBytes: 2,
    gpus: parseGpus(gpus),
    context: 4096,
    memoryFraction: 0.9,
    overheadGib: 2,
    ...others,
  })
const find = (splits: readonly SplitFit[], tensor: number, pipeline = 1) =>
  splits.find((split) => split.tensor === tensor && split.pipeline === pipeline)
const gigabytes = (gib = Number.NaN) => (gib * 2 ** 30) / 1e9

describe('published figures', () => {
  test('Llama 2 70B in fp16 is about 140 GB: 17.5, 35 and 70 GB on each GPU of TP8, TP4 and TP2', () => {
    const { weightsBytes, splits } = ask('llama-2-70b', '8xA100-80GB')
    expect(weightsBytes).toBe(137_953_296_384)
    for (const [tensor, stated] of [
      [8, 17.5],
      [4, 35],
      [2, 70],
    ] as const) {
      const ratio = gigabytes(find(splits, tensor)?.weightsGib) / stated
      expect(ratio).toBeGreaterThan(0.98)
      expect(ratio).toBeLessThan(1)
    }
  })

  test('68,700 tokens beside Llama 2 13B on one GPU of 80 GB fit into its memory, and nearly fill it', () => {
    const tokens = (memoryFraction: number, overheadGib: number) =>
      ask('llama-2-13b', 'A800-80GB', { memoryFraction, overheadGib }).splits[0]?.tokensPerReplica ?? 0
    expect(tokens(1, 0)).toBe(73_080)
    expect(tokens(0.97, 1)).toBeGreaterThan(68_500)
    expect(tokens(0.97, 1)).toBeLessThan(69_000)
    expect(tokens(0.9, 2)).toBeLessThan(68_700)
  })

  test('387,000 tokens beside Llama 2 70B fit onto four GPUs of 80 GB, not onto two', () => {
    expect(find(ask('llama-2-70b', '4xA800-80GB').splits, 4)?.tokensPerReplica).toBeGreaterThan(387_000)
    expect(find(ask('llama-2-70b', '2xA800-80GB').splits, 2)?.tokensPerReplica).toBeLessThan(387_000)
  })

  test('vLLM says of Llama 3 8B on an A100 of 39.50 GiB: 14.96 GiB of weights, 91,056 tokens in 11.12 GiB', () => {
    const [split] = ask('llama-3-8b', '1x39.5', { overheadGib: 9.37 + 0.1 }).splits
    expect(split?.weightsGib).toBeCloseTo(14.96, 2)
    expect(split?.kvGib).toBeCloseTo(11.12, 2)
    expect(Math.abs((split?.tokensPerReplica ?? 0) - 91_056)).toBeLessThan(100)
  })
})

test('every split of eight GPUs is there once', () => {
  const names = ask('llama-2-70b', '8xA100-80GB').splits.map(
    ({ replicas, tensor, pipeline }) => `${replicas}x${tensor}x${pipeline}`,
  )
  expect(names).toEqual([
    '1x8x1',
    '1x4x2',
    '1x2x4',
    '1x1x8',
    '2x4x1',
    '2x2x2',
    '2x1x4',
    '4x2x1',
    '4x1x2',
    '8x1x1',
  ])
})

test('weights that do not fit, and a context that does not', () => {
  const { splits } = ask('llama-2-70b', '8xA100-80GB', { context: 20_000 })
  expect(find(splits, 1)).toMatchObject({ state: 'weights', tokensPerReplica: 0 })
  expect(find(splits, 2)?.state).toBe('fits')
  // 5.8 GiB are left on each: 37,700 tokens.
  expect(find(splits, 2)?.requestsInAll).toBe(4)
  const longer = ask('llama-2-70b', '8xA100-80GB', { context: 50_000 }).splits
  expect(find(longer, 2)).toMatchObject({ state: 'context', requestsInAll: 0 })
})

test('KV heads are copied when a split has more GPUs than there are', () => {
  const { splits } = ask('qwen2.5-7b', '8xL4')
  const four = ask('qwen2.5-7b', '4xL4').splits
  expect(find(splits, 8)).toMatchObject({ state: 'indivisible', why: '28 heads do not divide by 8' })
  expect(find(four, 4)?.kvBytesPerToken).toBe(2 * 28 * 1 * 128 * 2)
  const many = ask('llama-3-70b', '16xL4').splits
  const [eight, sixteen] = [find(many, 8), find(many, 16)]
  expect(sixteen?.kvBytesPerToken).toBe(eight?.kvBytesPerToken)
})

test('a pipeline splits layers, weights and cache, and its fullest stage decides', () => {
  const { splits } = ask('llama-2-70b', '8xA100-80GB')
  const stage = find(splits, 4, 2)
  expect(stage?.kvBytesPerToken).toBe(2 * 40 * 2 * 128 * 2)
  expect(stage?.weightsGib).toBeCloseTo(find(splits, 8)?.weightsGib ?? 0, 0)
  expect(find(ask('llama-3.1-405b', '8xH200').splits, 1, 8)?.kvBytesPerToken).toBe(2 * 16 * 8 * 128 * 2)
})

test('a quantised model keeps its embeddings as they were, except in GGUF', () => {
  const whole = ask('llama-3-8b', 'L4').weightsBytes
  const awq = ask('llama-3-8b', 'L4', { quantisation: quantisations.awq }).weightsBytes
  const embeddings = 2 * 128_256 * 4096
  expect(awq).toBeCloseTo(2 * embeddings + ((whole - 2 * embeddings) / 2) * (4.15625 / 8), -6)
  const q8 = ask('llama-3-8b', 'L4', { quantisation: quantisations.q8_0 }).weightsBytes
  expect(q8 / parameterCount(models['llama-3-8b'])).toBeCloseTo(8.5 / 8, 3)
})

test('a KV cache of half the bytes holds twice the tokens', () => {
  const [two, one] = [2, 1].map((kvBytes) => ask('llama-2-7b', 'A10G', { kvBytes }).splits[0])
  expect(one?.tokensPerReplica).toBeCloseTo(2 * (two?.tokensPerReplica ?? 0), -1)
})

test('the size of a file replaces what is computed', () => {
  const { weightsBytes, splits } = ask('llama-2-7b', '2x24', { fileBytes: 4e9 })
  expect(weightsBytes).toBe(4e9)
  expect(gigabytes(find(splits, 1)?.weightsGib)).toBeCloseTo(4, 6)
  expect(gigabytes(find(splits, 2)?.weightsGib)).toBeCloseTo(2, 2)
})

test('no split loses weights: those of all GPUs of a replica are the model’s, or more', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...modelNames),
      fc.integer({ min: 1, max: 16 }),
      fc.constantFrom(undefined, ...Object.values(quantisations)),
      (model, count, quantisation) => {
        const { weightsBytes, splits } = ask(
          model,
          `${count}x80`,
          quantisation === undefined ? {} : { quantisation },
        )
        for (const { tensor, pipeline, weightsGib, tokensPerReplica, tokensInAll, replicas } of splits) {
          expect(tensor * pipeline * replicas).toBe(count)
          expect(weightsGib * tensor * pipeline * 2 ** 30).toBeGreaterThan(weightsBytes * (1 - 1e-9))
          expect(tokensInAll).toBe(tokensPerReplica * replicas)
        }
      },
    ),
  )
})
