import { describe, expect, test } from 'vitest'
import type { DialectOptions } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'
import type { Request } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { configOf, tritonModels } from '../reference/triton/models.ts'
import { readModelPage } from './kserve/model-config.ts'
import { makeTritonGenerate } from './triton-generate.ts'
import { makeTritonInfer } from './triton-infer.ts'

/** The settings that the page of one of the reference server's models gives. */
function about(name: string): DialectOptions {
  const model = tritonModels[name]
  if (model === undefined) throw new Error(`no model ${name}`)
  return readModelPage(JSON.stringify(configOf(name, model)))
}

const request = (sampling: Sampling = {}, mode: 'exact' | 'up-to' = 'exact'): Request => ({
  id: 7,
  input: { kind: 'prompt', text: 'Hi' },
  output: { tokens: 64, mode },
  sampling,
})

function body(name: string, sampling: Sampling = {}, options: DialectOptions = {}): unknown {
  return JSON.parse(makeTritonGenerate({ ...about(name), ...options }).encode(request(sampling), name, {}))
}

function refusal(work: () => unknown): AssayError {
  try {
    work()
  } catch (error) {
    if (error instanceof AssayError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a request becomes the tensors of the model’s back end', () => {
  test('TensorRT-LLM’s chain of models', () => {
    expect(body('ensemble', { temperature: 0.5, topP: 0.9, seed: 3, stop: ['a', 'b'] })).toEqual({
      text_input: 'Hi',
      stream: true,
      bad_words: '',
      min_length: 64,
      exclude_input_in_output: true,
      max_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      random_seed: 3,
      stop_words: ['a', 'b'],
    })
  })

  test('a temperature of 0 draws the likeliest token', () => {
    expect(body('ensemble', { temperature: 0, topK: 50 })).toMatchObject({ top_k: 1, max_tokens: 64 })
    expect(body('ensemble', { temperature: 0 })).not.toHaveProperty('temperature')
  })

  test('TensorRT-LLM’s LLM API, where a length can only be capped', () => {
    expect(body('tensorrt_llm', { temperature: 0.5 })).toEqual({
      text_input: 'Hi',
      streaming: true,
      sampling_param_exclude_input_from_output: true,
      return_finish_reason: true,
      sampling_param_max_tokens: 64,
      sampling_param_temperature: 0.5,
    })
    expect(makeTritonGenerate(about('tensorrt_llm')).capabilities.exactLength).toBeUndefined()
  })

  test('vLLM, whose settings are a text', () => {
    const sent = body('vllm_model', { temperature: 0, minP: 0.1 }) as { sampling_parameters: string }
    expect(JSON.parse(sent.sampling_parameters)).toEqual({
      max_tokens: 64,
      ignore_eos: true,
      temperature: 0,
      min_p: 0.1,
    })
    expect(sent).toMatchObject({ stream: true, return_num_output_tokens: true, return_finish_reason: true })
    expect(sent).not.toHaveProperty('exclude_input_in_output')
  })

  test('a model of one’s own gets what it has tensors for', () => {
    expect(body('streamer', { temperature: 0 })).toEqual({
      text_input: 'Hi',
      stream: true,
      min_length: 64,
      max_tokens: 64,
    })
  })

  test('whole answers are asked for without streaming, and without the prompt', () => {
    expect(body('vllm_model', {}, { reply: 'whole' })).toMatchObject({
      stream: false,
      exclude_input_in_output: true,
    })
  })
})

describe('what a model cannot be asked is refused before anything is sent', () => {
  test('a setting without a tensor', () => {
    const { code, message, hint } = refusal(() => body('streamer', { topP: 0.5 }))
    expect([code, message]).toEqual([
      'unsupported-sampling',
      'triton-generate: the model has no input tensor "top_p".',
    ])
    expect(hint).toContain('Leave the setting out')
  })

  test('a tensor that nobody fills', () => {
    const page = JSON.stringify({
      input: [
        { name: 'text_input', data_type: 'TYPE_STRING', dims: [1] },
        { name: 'max_tokens', data_type: 'TYPE_INT32', dims: [1] },
        { name: 'tenant', data_type: 'TYPE_STRING', dims: [1] },
      ],
      output: [{ name: 'text_output', data_type: 'TYPE_STRING', dims: [1] }],
    })
    const dialect = makeTritonGenerate(readModelPage(page))
    const { code, message } = refusal(() => dialect.encode(request(), 'm', {}))
    expect([code, message]).toEqual(['missing-tensor', 'The model needs the input tensor "tenant" (BYTES).'])
    expect(JSON.parse(dialect.encode(request(), 'm', { tenant: 'a' }))).toMatchObject({ tenant: 'a' })
  })

  test('a value of the wrong type', () => {
    const dialect = makeTritonGenerate(about('streamer'))
    const { code, message } = refusal(() => dialect.encode(request(), 'm', { max_tokens: 'many' }))
    expect([code, message]).toEqual([
      'wrong-tensor-type',
      'The input tensor "max_tokens" is INT32: it cannot be "many".',
    ])
  })

  test('several responses over a route of one', () => {
    expect(refusal(() => makeTritonInfer(about('streamer')).encode(request(), 'm', {}))).toMatchObject({
      code: 'decoupled-model',
      hint: 'Use the dialect triton-generate, or kserve-grpc.',
    })
    expect(refusal(() => makeTritonInfer({ modelConfig: 3 }))).toMatchObject({ code: 'bad-dialect-option' })
  })

  test('a page that is none', () => {
    expect(refusal(() => readModelPage('<html>'))).toMatchObject({ code: 'malformed-page' })
  })
})

test('infer states types and shapes, with the batch in front where the model has one', () => {
  const page = JSON.stringify({
    max_batch_size: 8,
    input: [
      { name: 'text_input', data_type: 'TYPE_STRING', dims: [1] },
      { name: 'max_tokens', data_type: 'TYPE_UINT32', dims: [1] },
      { name: 'stop_words', data_type: 'TYPE_STRING', dims: [-1], optional: true },
    ],
    output: [{ name: 'text_output', data_type: 'TYPE_STRING', dims: [1] }],
  })
  const dialect = makeTritonInfer(readModelPage(page))
  expect(JSON.parse(dialect.encode(request({ stop: ['a', 'b'] }, 'up-to'), 'm', { priority: 1 }))).toEqual({
    inputs: [
      { name: 'text_input', datatype: 'BYTES', shape: [1, 1], data: ['Hi'] },
      { name: 'max_tokens', datatype: 'UINT32', shape: [1, 1], data: [64] },
      { name: 'stop_words', datatype: 'BYTES', shape: [1, 2], data: ['a', 'b'] },
    ],
    parameters: { priority: 1 },
  })
})
