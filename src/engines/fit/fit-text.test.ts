import { expect, test } from 'vitest'
import { type FitQuestion, fitModel } from './fit.ts'
import { fitText } from './fit-text.ts'
import { parseGpus } from './gpus.ts'
import { models } from './models.ts'

function text(model: keyof typeof models, gpus: string, others: Partial<FitQuestion> = {}): string {
  const question: FitQuestion = {
    shape: models[model],
    weightBytes: 2,
    kvBytes: 2,
    gpus: parseGpus(gpus),
    context: 4096,
    memoryFraction: 0.9,
    overheadGib: 2,
    ...others,
  }
  return fitText(question, fitModel(question), { model, weights: 'fp16', kv: 'fp16', notes: [] })
}

test('a table of splits and a verdict', () => {
  expect(text('llama-2-70b', '4xA100-80GB')).toMatchInlineSnapshot(`
    "llama-2-70b: 68,977 M parameters; weights 138.0 GB (fp16); KV cache 320 KiB a token (fp16)
    4 x A100-80GB: 80.0 GiB each, 90 % of it for the engine, 2 GiB of that for all but weights and KV cache
    a request: 4,096 tokens of prompt and output

    split          weights     for KV  KV tokens  KV tokens   requests  requests
                 GiB a GPU  GiB a GPU  a replica     in all  a replica    in all
    1 x TP4           32.1       37.9    496,479    496,479        121       121
    1 x TP2 PP2       32.1       37.9    496,495    496,495        121       121
    1 x TP1 PP4       32.4       37.6    493,303    493,303        120       120
    2 x TP2           64.2        5.8     37,743     75,486          9        18
    2 x TP1 PP2       64.2        5.8     37,751     75,502          9        18
    4 x TP1          128.5  does not fit: 58.5 GiB a GPU are missing

    Verdict: fits, in 5 of 6 splits. Most KV cache: 1 x TP4 (496,479 tokens in all). Most replicas: 2 x TP2 (75,486 tokens in all).
    "
  `)
})

test('what does not fit says by how much, and what would help', () => {
  const lines = text('llama-2-70b', '2xL4').trimEnd().split('\n')
  expect(lines.slice(-2)).toEqual([
    'Verdict: does not fit on 2 x L4: as 1 x TP2, 46.0 GiB are missing on each GPU.',
    'It would with 8 x L4, or --quantisation awq.',
  ])
})

test('a request that is too long for what is left', () => {
  const lines = text('llama-2-13b', 'A100-40GB', { context: 16_384 }).trimEnd().split('\n')
  expect(lines.slice(-2)).toEqual([
    'Verdict: does not fit on 1 x A100-40GB: 1 x TP1 has room for 12,787 tokens, fewer than the 16,384 of one request.',
    'It would with 2 x A100-40GB, or --quantisation fp8, or --context 12787.',
  ])
})

test('splits that engines refuse say why', () => {
  expect(text('qwen2.5-7b', '8xL4')).toContain('1 x TP8      not possible: 28 heads do not divide by 8')
})
