import { anthropicMessages } from '../shapes/anthropic-messages.ts'
import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import { openAiResponses } from '../shapes/openai-responses.ts'
import { vllmGenerate } from '../shapes/vllm-generate.ts'
import { vllmTokens } from '../shapes/vllm-tokens.ts'
import {
  contextTokens,
  json,
  metricsPage,
  models,
  type Persona,
  quoted,
  text,
  uvicorn,
  version,
} from './persona.ts'

/** `vllm serve`. */
export const vllm: Persona = {
  name: 'vllm',
  server: uvicorn,
  shapes: {
    '/v1/chat/completions': openAiChat(),
    '/v1/completions': openAiCompletions(),
    '/v1/responses': openAiResponses,
    '/v1/messages': anthropicMessages,
    '/inference/v1/generate': vllmTokens,
  },
  refusesOtherModels: true,
  pages: {
    '/health': () => text(''),
    '/ping': () => text(''),
    '/version': () => json({ version }),
    '/load': ({ tally }) => json({ server_load: tally.running }),
    '/v1/models': (facts) =>
      models('vllm', { root: facts.model, parent: null, max_model_len: contextTokens })(facts),
    '/metrics': ({ model, tally }) =>
      metricsPage(`engine="0",model_name=${quoted(model)}`, [
        { kind: 'gauge', name: 'vllm:num_requests_running', value: tally.running },
        { kind: 'gauge', name: 'vllm:num_requests_waiting', value: 0 },
        { kind: 'counter', name: 'vllm:prompt_tokens_total', value: tally.promptTokens },
        { kind: 'counter', name: 'vllm:generation_tokens_total', value: tally.generatedTokens },
        { kind: 'counter', name: 'vllm:prompt_tokens_cached_total', value: 0 },
        ...(
          [
            ['stop', tally.ended.stop],
            ['length', tally.ended.length],
            ['abort', tally.failed],
          ] as const
        ).map(([reason, value]) => ({
          kind: 'counter' as const,
          name: 'vllm:request_success_total',
          value,
          labels: `finished_reason="${reason}"`,
        })),
        { kind: 'histogram', name: 'vllm:time_to_first_token_seconds', value: tally.ttft },
        { kind: 'histogram', name: 'vllm:e2e_request_latency_seconds', value: tally.e2e },
        {
          kind: 'gauge',
          name: 'vllm:cache_config_info',
          value: 1,
          labels: 'enable_prefix_caching="False"',
        },
      ]),
  },
}

/** vLLM's first demonstration server, which has no page about itself; `delimiter`: NUL until the end of 2024. */
function demoServer(name: string, delimiter: '\0' | '\n'): Persona {
  return {
    name,
    server: uvicorn,
    shapes: { '/generate': vllmGenerate(delimiter) },
    refusesOtherModels: false,
    pages: {
      '/health': () => text(''),
      '/openapi.json': () =>
        json({
          openapi: '3.1.0',
          info: { title: 'FastAPI', version: '0.1.0' },
          paths: { '/health': { get: {} }, '/generate': { post: {} } },
        }),
    },
  }
}

export const vllmLegacy = demoServer('vllm-legacy', '\n')
export const vllmLegacyNul = demoServer('vllm-legacy-nul', '\0')
