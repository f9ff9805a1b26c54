import { lmdeployGenerate } from '../shapes/lmdeploy-generate.ts'
import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import {
  contextTokens,
  maxSequences,
  metricsPage,
  models,
  type Persona,
  quoted,
  text,
  uvicorn,
} from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  idPrefix: { chat: '', completions: '' },
  choiceFields: { chat: '', completions: '', end: '' },
  finishesApart: true,
  usageFrame: { chat: 'asked', completions: 'asked' },
  cachedTokens: true,
  inTurn: true,
  streamType: 'text/event-stream',
  errorBody: lmdeployGenerate.error,
}

/** `lmdeploy serve api_server`. */
export const lmdeploy: Persona = {
  name: 'lmdeploy',
  server: uvicorn,
  shapes: {
    '/generate': lmdeployGenerate,
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
  },
  refusesOtherModels: true,
  pages: {
    '/health': () => text(''),
    '/v1/models': models('lmdeploy'),
    '/metrics': ({ model, tally }) =>
      metricsPage(`engine="0",model_name=${quoted(model)}`, [
        {
          kind: 'gauge',
          name: 'lmdeploy:backend_config',
          value: 1,
          labels: `session_len="${contextTokens}",max_batch_size="${maxSequences}",enable_prefix_caching="False",tp="1"`,
        },
        { kind: 'counter', name: 'lmdeploy:prompt_tokens_total', value: tally.promptTokens },
        { kind: 'counter', name: 'lmdeploy:generation_tokens_total', value: tally.generatedTokens },
        { kind: 'counter', name: 'lmdeploy:cached_tokens_total', value: 0 },
        ...(['length', 'stop'] as const).map((reason) => ({
          kind: 'counter' as const,
          name: 'lmdeploy:request_success_total',
          value: tally.ended[reason],
          labels: `finished_reason="${reason}"`,
        })),
        { kind: 'gauge', name: 'lmdeploy:num_requests_failed', value: tally.failed },
        { kind: 'gauge', name: 'lmdeploy:num_requests_running', value: tally.running },
        { kind: 'gauge', name: 'lmdeploy:num_requests_waiting', value: 0 },
        { kind: 'histogram', name: 'lmdeploy:time_to_first_token_seconds', value: tally.ttft },
        { kind: 'histogram', name: 'lmdeploy:e2e_request_latency_seconds', value: tally.e2e },
      ]),
  },
}
