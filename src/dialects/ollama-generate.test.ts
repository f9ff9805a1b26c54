import { expect, test } from 'vitest'
import { readStream } from '../../test/replies.ts'
import type { Request } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { loadDialect } from './index.ts'

const request = (sampling: Sampling, input: Request['input'] = { kind: 'prompt', text: 'Hi' }): Request => ({
  id: 0,
  input,
  output: { tokens: 4, mode: 'exact' },
  sampling,
})

test('a prompt as it is, its settings under options, further ones beside ours', async () => {
  const asked = request({
    temperature: 0,
    topP: 0.9,
    topK: 5,
    minP: 0.1,
    repetitionPenalty: 1,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    seed: 7,
    stop: ['x'],
    logprobs: 2,
  })
  const { encode } = await loadDialect('ollama-generate')
  expect(JSON.parse(encode(asked, 'm', { options: { num_ctx: 8192 }, keep_alive: -1 }))).toEqual({
    model: 'm',
    prompt: 'Hi',
    raw: true,
    stream: true,
    truncate: false,
    logprobs: true,
    top_logprobs: 2,
    options: {
      num_predict: 4,
      temperature: 0,
      top_p: 0.9,
      top_k: 5,
      min_p: 0.1,
      repeat_penalty: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      seed: 7,
      stop: ['x'],
      num_ctx: 8192,
    },
    keep_alive: -1,
  })
})

test('the template of the model, a reply in one piece', async () => {
  const { encode, capabilities } = await loadDialect('ollama-generate', { template: 'model', reply: 'whole' })
  expect(JSON.parse(encode(request({}), 'm', {}))).toEqual({
    model: 'm',
    prompt: 'Hi',
    raw: false,
    stream: false,
    truncate: false,
    options: { num_predict: 4 },
  })
  expect(capabilities.streaming).toBe(false)
})

test.each([
  [
    { kind: 'chat', messages: [] },
    'Use a workload of plain prompts, promptMode: templated, or a chat dialect.',
  ],
  [{ kind: 'tokens', ids: [1] }, 'Use prompts of text, or the dialect openai-completions.'],
  [
    { kind: 'batch', prompts: ['a', 'b'] },
    'Leave promptsPerRequest out, or use the dialect openai-completions.',
  ],
] satisfies [Request['input'], string][])('%j is refused', async (input, hint) => {
  const { encode } = await loadDialect('ollama-generate')
  expect(() => encode(request({}, input), 'm', {})).toThrow(
    expect.objectContaining({ code: 'unsupported-input', hint }),
  )
})

test.each(['n', 'beams', 'addSpecialTokens', 'skipSpecialTokens'])('%s has no field', async (key) => {
  const { encode } = await loadDialect('ollama-generate')
  expect(() => encode(request({ [key]: 2 }), 'm', {})).toThrow(
    expect.objectContaining({ code: 'unsupported-sampling' }),
  )
})

test('lengths cannot be forced; models and errors are named', async () => {
  const { capabilities, models, errorMessage } = await loadDialect('ollama-generate')
  expect(capabilities.exactLength).toBeUndefined()
  expect(models?.names('{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest"}]}')).toEqual([
    'llama3.2:latest',
  ])
  expect(models?.names('404 page not found')).toEqual([])
  expect(errorMessage('{"error":"model \'x\' not found"}')).toBe("model 'x' not found")
})

test('the example, its events repeated', async () => {
  const { makeReader, framing, example } = await loadDialect('ollama-generate')
  const { events, ending } = example
  expect(readStream(makeReader(), [...events, ...events, ending].join(''), framing)).toEqual([
    'content 1 " one"',
    'content 1 " two"',
    'content 1 " one"',
    'content 1 " two"',
    'finish stop',
    'usage input=3 output=2',
  ])
})
