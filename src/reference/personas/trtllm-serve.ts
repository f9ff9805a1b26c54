import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { json, metricsPage, models, type Persona, quoted, text, uvicorn, version } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  choiceFields: {
    chat: ',"avg_decoded_tokens_per_iter":1.0',
    completions: ',"avg_decoded_tokens_per_iter":1.0',
    end: ',"stop_reason":null,"avg_decoded_tokens_per_iter":1.0',
  },
  // Its first chunk ends with a space.
  afterRole: ' ',
  cachedTokens: true,
  errorBody: (status, type, message) =>
    JSON.stringify({ object: 'error', message, type, param: null, code: status }),
}

/** `trtllm-serve`. */
export const trtllmServe: Persona = {
  name: 'trtllm-serve',
  server: uvicorn,
  shapes: {
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
  },
  refusesOtherModels: false,
  pages: {
    '/health': () => text(''),
    '/version': () => json({ version }),
    '/v1/models': models('tensorrt_llm'),
    // Iteration records, which are off.
    '/metrics': () => json([]),
    '/prometheus/metrics': ({ model, tally }) =>
      metricsPage(`engine_type="undefined",model_name=${quoted(model)}`, [
        { kind: 'counter', name: 'trtllm_prompt_tokens_total', value: tally.finishedPromptTokens },
        { kind: 'counter', name: 'trtllm_generation_tokens_total', value: tally.finishedGeneratedTokens },
        ...(['length', 'stop'] as const).map((reason) => ({
          kind: 'counter' as const,
          name: 'trtllm_request_success_total',
          value: tally.ended[reason],
          labels: `finished_reason="${reason}"`,
        })),
        { kind: 'gauge', name: 'trtllm_num_requests_running', value: tally.running },
        { kind: 'gauge', name: 'trtllm_num_requests_waiting', value: 0 },
        { kind: 'histogram', name: 'trtllm_time_to_first_token_seconds', value: tally.ttft },
        { kind: 'histogram', name: 'trtllm_e2e_request_latency_seconds', value: tally.e2e },
      ]),
  },
}
