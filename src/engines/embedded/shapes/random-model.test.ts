import { expect, test } from 'vitest'
import { ggufBytes } from '../gguf/gguf.ts'
import { randomModel } from './random-model.ts'
import { type ShapeName, shapes } from './shapes.ts'

test.each([
  // Parameters as the published configurations give them.
  ['llama-160m', 162_417_408],
  ['qwen-0.5b', 494_032_768],
  ['llama-1b', 1_235_814_400],
  ['llama-3b', 3_212_749_824],
] satisfies [
  ShapeName,
  number,
][])('%s has the parameters of the model it is named after', (name, parameters) => {
  const { tensors } = randomModel(shapes[name], name)
  expect(tensors.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0)).toBe(parameters)
})

test('a vocabulary has its size, every piece once, and an end token that noise does not choose', () => {
  const model = randomModel(shapes['llama-160m'], 'x')
  const pieces = model.metadata['tokenizer.ggml.tokens']
  expect(pieces?.type === 'strings' && new Set(pieces.values).size).toBe(32_000)
  const output = model.tensors.find((tensor) => tensor.name === 'output.weight')
  const [first] = output?.data() ?? []
  // The first row, the end token's, is zero: its logit is 0 whatever the context.
  expect(first?.length).toBe((768 / 32) * 34)
  expect(first?.every((byte) => byte === 0)).toBe(true)
  expect(ggufBytes(model)).toBeGreaterThan(162e6)
})
