import { describe, expect, test } from 'vitest'
import type { Request } from '../model/request.ts'
import type { Sampling } from '../model/workload.ts'
import { loadDialect } from './index.ts'

describe('requests', () => {
  const request = (
    sampling: Sampling,
    input: Request['input'] = { kind: 'prompt', text: 'Hi' },
  ): Request => ({
    id: 0,
    input,
    output: { tokens: 4, mode: 'exact' },
    sampling,
  })

  test.each([
    [{ kind: 'prompt', text: 'Hi' }, 'Hi'],
    [{ kind: 'tokens', ids: [2, 818] }, [2, 818]],
    [{ kind: 'batch', prompts: ['Hi', [2, 818]] }, ['Hi', [2, 818]]],
  ] satisfies [Request['input'], unknown][])('%j', async (input, prompt) => {
    const { encode } = await loadDialect('llamacpp-completion')
    expect(JSON.parse(encode(request({}, input), 'm', { cache_prompt: false }))).toEqual({
      model: 'm',
      prompt,
      n_predict: 4,
      ignore_eos: true,
      stream: true,
      cache_prompt: false,
    })
  })

  test('sampling in the words of llama.cpp, a capped length, a whole reply', async () => {
    const { encode, capabilities } = await loadDialect('llamacpp-completion', { reply: 'whole' })
    const sampling = {
      temperature: 0,
      topK: 1,
      minP: 0.1,
      repetitionPenalty: 1.1,
      seed: 7,
      stop: ['x'],
      logprobs: 2,
    }
    const capped = { ...request(sampling), output: { tokens: 4, mode: 'up-to' as const } }
    expect(JSON.parse(encode(capped, 'm', {}))).toEqual({
      model: 'm',
      prompt: 'Hi',
      n_predict: 4,
      temperature: 0,
      top_k: 1,
      min_p: 0.1,
      repeat_penalty: 1.1,
      seed: 7,
      stop: ['x'],
      n_probs: 2,
      stream: false,
    })
    expect(capabilities.streaming).toBe(false)
  })

  test.each(['n', 'beams', 'addSpecialTokens', 'skipSpecialTokens'])('%s has no field', async (key) => {
    const { encode } = await loadDialect('llamacpp-completion')
    expect(() => encode(request({ [key]: 2 }), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-sampling' }),
    )
  })

  test('chats are refused', async () => {
    const { encode } = await loadDialect('llamacpp-completion')
    const chat = { kind: 'chat', messages: [{ role: 'user', content: 'Hi' }] } as const
    expect(() => encode(request({}, chat), 'm', {})).toThrow(
      expect.objectContaining({ code: 'unsupported-input' }),
    )
  })

  test('errors before the stream, models', async () => {
    const { errorMessage, models } = await loadDialect('llamacpp-completion')
    expect(
      errorMessage(
        '{"error":{"code":400,"message":"request (3000 tokens) exceeds the available context size (1024 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":3000,"n_ctx":1024}}',
      ),
    ).toBe('request (3000 tokens) exceeds the available context size (1024 tokens), try increasing it')
    expect(
      models?.names('{"models":[{"name":"gemma"}],"object":"list","data":[{"id":"gemma","object":"model"}]}'),
    ).toEqual(['gemma'])
  })
})
