import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './measure.ts'
import { runCli } from './run-cli.ts'

test('fit prints a table and a verdict', async () => {
  const { code, stdout } = await runCli([
    'fit',
    '--model',
    'llama-2-70b',
    '--gpus',
    '8xA100-80GB',
    '--dtype',
    'fp16',
  ])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^1 x TP8 +16\.1 +53\.9 /m)
  expect(stdout).toMatch(/^4 x TP2 +64\.2 +5\.8 +37,743 +150,972 +9 +36$/m)
  expect(stdout).toMatch(/^8 x TP1 +128\.5 +does not fit: 58\.5 GiB a GPU are missing$/m)
  expect(stdout).toContain('Verdict: fits, in 9 of 10 splits. Most KV cache: 1 x TP8')
})

test('fit of a config.json as data, quantised as it says', async () => {
  const folder = join(temporaryFolder(), 'model')
  mkdirSync(folder)
  const config = {
    model_type: 'llama',
    hidden_size: 4096,
    intermediate_size: 14_336,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    num_hidden_layers: 32,
    vocab_size: 128_256,
    max_position_embeddings: 8192,
    quantization_config: { quant_method: 'awq' },
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const args = [
    'fit',
    '--model',
    folder,
    '--gpus',
    '1x24',
    '--context',
    '10000',
    '--kv-dtype',
    'fp8',
    '--json',
  ]
  const { stdout } = await runCli(args)
  const data = JSON.parse(stdout) as Record<string, unknown>
  expect(data).toMatchObject({
    parameters: 8_030_261_248,
    weights: 'awq',
    kv: 'fp8',
    kvBytesPerToken: 65_536,
    notes: ['the model itself takes 8,192 tokens at most'],
    splits: [{ tensor: 1, pipeline: 1, replicas: 1, state: 'fits' }],
  })
})

test.each([
  [['--model', 'llama-2-71b', '--gpus', 'T4'], 'Did you mean llama-2-7b?'],
  [['--model', 'llama-2-7b', '--gpus', '8xA100'], '"A100" is A100-40GB or A100-80GB.'],
  [['--model', 'llama-2-7b'], '--gpus'],
  [['--model', 'llama-2-7b', '--gpus', 'T4', '--memory-fraction', '90'], 'Use a share above 0 and up to 1'],
  [['--model', 'llama-2-7b', '--gpus', 'T4', '--dtype', 'int3'], 'fp16'],
])('fit %j is refused with the next step', async (args, message) => {
  const { code, stderr } = await runCli(['fit', ...args])
  expect(code).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
})
