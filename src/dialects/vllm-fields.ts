import type { SamplingFields } from './request-fields.ts'

/** vLLM's SamplingParams, where they are named as they are in Python. */
export const vllmSampling = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  n: 'n',
  seed: 'seed',
  stop: 'stop',
  skipSpecialTokens: 'skip_special_tokens',
} as const satisfies SamplingFields
