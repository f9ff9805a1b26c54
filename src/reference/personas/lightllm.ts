import { lightllm as lightllmShape } from '../shapes/lightllm.ts'
import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { contextTokens, json, metricsPage, models, type Persona, quoted, uvicorn } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  choiceFields: { chat: '', completions: '', end: '' },
  usageFrame: { chat: 'always', completions: 'always' },
  cachedTokens: true,
  streamType: 'text/event-stream',
  doneAfterFailure: false,
}
const well = () => json({ message: 'Ok' })

/** LightLLM's API server. */
export const lightllm: Persona = {
  name: 'lightllm',
  server: uvicorn,
  shapes: {
    '/generate': lightllmShape(false),
    '/generate_stream': lightllmShape(true),
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
  },
  refusesOtherModels: false,
  pages: {
    '/health': well,
    '/healthz': well,
    '/liveness': () => json({ status: 'ok' }),
    '/readiness': () => json({ status: 'ok' }),
    '/get_model_name': ({ model }) => json({ model_name: model }),
    '/token_load': () => json({ current_load: 0, logical_max_load: 0, dynamic_max_load: 0 }),
    '/get_server_info': () =>
      json({
        max_req_total_len: contextTokens,
        disable_dynamic_prompt_cache: true,
        quant_type: 'none',
        tp: 1,
      }),
    '/v1/models': models('lightllm'),
    '/metrics': ({ model, tally }) =>
      metricsPage(`model_name=${quoted(model)}`, [
        {
          kind: 'counter',
          name: 'lightllm_request_count_total',
          value: tally.finished + tally.failed + tally.running,
        },
        { kind: 'counter', name: 'lightllm_request_success_total', value: tally.finished },
        {
          kind: 'counter',
          name: 'lightllm_request_failure_total',
          value: tally.failed + tally.refused,
        },
        { kind: 'counter', name: 'lightllm_prompt_tokens_total', value: tally.finishedPromptTokens },
        { kind: 'counter', name: 'lightllm_generation_tokens_total', value: tally.finishedGeneratedTokens },
        { kind: 'histogram', name: 'lightllm_request_first_token_duration', value: tally.ttft },
        { kind: 'histogram', name: 'lightllm_request_inference_duration', value: tally.e2e },
        { kind: 'gauge', name: 'lightllm_num_running_reqs', value: tally.running },
        { kind: 'gauge', name: 'lightllm_queue_size', value: 0 },
      ]),
  },
}
