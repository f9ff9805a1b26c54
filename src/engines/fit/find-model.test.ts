import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ggufChunks } from '../embedded/gguf/gguf.ts'
import { findModel } from './find-model.ts'
import { parameterCount } from './model-shape.ts'
import { models } from './models.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'assay-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test.each([
  ['llama-2-70b', 'llama-2-70b'],
  ['meta-llama/Llama-2-70b-chat-hf', 'llama-2-70b'],
  ['meta-llama/Meta-Llama-3-8B-Instruct', 'llama-3-8b'],
  ['mistralai/Mistral-7B-Instruct-v0.1', 'mistral-7b'],
  ['Qwen/Qwen2.5-14B-Instruct', 'qwen2.5-14b'],
  ['google/gemma-2-9b-it', 'gemma-2-9b'],
] as const)('%s is %s', (name, known) => {
  expect(findModel(name).shape).toBe(models[known])
})

const opt = {
  model_type: 'opt',
  hidden_size: 768,
  ffn_dim: 3072,
  num_attention_heads: 12,
  num_hidden_layers: 12,
  vocab_size: 50_272,
  max_position_embeddings: 2048,
}
const qwen3 = {
  model_type: 'qwen3',
  hidden_size: 1024,
  intermediate_size: 3072,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
  num_hidden_layers: 28,
  vocab_size: 151_936,
  tie_word_embeddings: true,
}
const sizes = (
  model_type: string,
  [layers, hidden, heads, kvHeads, width, vocabulary]: readonly number[],
  others: object = {},
) => ({
  model_type,
  num_hidden_layers: layers,
  hidden_size: hidden,
  num_attention_heads: heads,
  num_key_value_heads: kvHeads,
  intermediate_size: width,
  vocab_size: vocabulary,
  ...others,
})
const qwenExperts = {
  head_dim: 128,
  num_experts: 128,
  moe_intermediate_size: 768,
  tie_word_embeddings: false,
}

test.each([
  ['Phi 3 mini', sizes('phi3', [32, 3072, 32, 32, 8192, 32_064]), 3_821_079_552],
  ['Gemma 3 1B', sizes('gemma3_text', [26, 1152, 4, 1, 6912, 262_144], { head_dim: 256 }), 999_885_952],
  ['Qwen3 30B A3B', sizes('qwen3_moe', [48, 2048, 32, 4, 6144, 151_936], qwenExperts), 30_532_122_624],
  ['OPT 125M', opt, 125_239_296],
  ['Qwen3 0.6B', qwen3, 596_049_920],
])('%s has as many parameters as published, by its config.json', (_, config, count) => {
  const path = folder()
  writeFileSync(join(path, 'config.json'), JSON.stringify(config))
  const described = findModel(path)
  expect(parameterCount(described.shape)).toBe(count)
  expect(described.notes).toEqual([])
})

test('a config says how its weights are quantised, and of an unknown kind how it is counted', () => {
  const path = join(folder(), 'config.json')
  writeFileSync(
    path,
    JSON.stringify({ ...qwen3, model_type: 'new', quantization_config: { quant_method: 'awq' } }),
  )
  expect(findModel(path)).toMatchObject({
    quantisation: 'awq',
    notes: ['models of type "new" are counted as a Llama of these sizes'],
  })
})

test('a GGUF file states its sizes, and weighs what it weighs', () => {
  const path = join(folder(), 'model.gguf')
  const chunks = [
    ...ggufChunks({
      metadata: {
        'general.architecture': { type: 'string', value: 'llama' },
        'tokenizer.ggml.tokens': { type: 'strings', values: Array.from({ length: 300 }, (_, i) => `t${i}`) },
        'tokenizer.ggml.token_type': { type: 'i32s', values: Array.from({ length: 40_000 }, () => 1) },
        'llama.rope.freq_base': { type: 'f32', value: 10_000 },
        'llama.block_count': { type: 'u32', value: 4 },
        'llama.embedding_length': { type: 'u32', value: 64 },
        'llama.feed_forward_length': { type: 'u32', value: 128 },
        'llama.attention.head_count': { type: 'u32', value: 8 },
        'llama.attention.head_count_kv': { type: 'u32', value: 2 },
        'llama.context_length': { type: 'u32', value: 512 },
      },
      tensors: [],
    }),
  ]
  writeFileSync(path, Buffer.concat(chunks))
  expect(findModel(path)).toMatchObject({
    fileBytes: Buffer.concat(chunks).length,
    shape: { layers: 4, hidden: 64, heads: 8, kvHeads: 2, headSize: 8, vocabulary: 300, maxContext: 512 },
  })
})

test.each<readonly [string, string, string]>([
  ['config.json', '{', 'is no JSON'],
  ['config.json', 'null', 'has no "model_type"'],
  ['config.json', '{"hidden_size": 8}', 'has no "num_attention_heads"'],
  ['config.json', '{"model_type": "deepseek_v3"}', 'cache a compressed form'],
  [
    'config.json',
    '{"model_type": "new_moe", "hidden_size": 8, "num_attention_heads": 1, "num_experts": 4}',
    'lay out their experts is not known',
  ],
  ['m.gguf', 'nothing', 'it does not begin with GGUF'],
  ['m.gguf', 'GGUF\u0003\0\0\0', 'it ends within its head'],
])('%s of %j is refused', (name, text, message) => {
  const path = join(folder(), name)
  writeFileSync(path, text)
  expect(() => findModel(path)).toThrowError(message)
})

test('an unknown name is refused with the next one', () => {
  expect(() => findModel('llama-2-71b')).toThrowError('There is no model "llama-2-71b"')
})
