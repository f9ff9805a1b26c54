import { anthropicMessages } from '../shapes/anthropic-messages.ts'
import { llamacppCompletion } from '../shapes/llamacpp-completion.ts'
import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { openAiResponses } from '../shapes/openai-responses.ts'
import { contextTokens, json, maxSequences, metricsPage, models, type Persona, version } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  idPrefix: { chat: 'chatcmpl-', completions: 'chatcmpl-' },
  frameFields: ',"system_fingerprint":"simulated"',
  choiceFields: { chat: '', completions: '', end: '' },
  roleContent: 'null',
  finishesApart: true,
  endDelta: '{}',
  usageAtFinish: { chat: 'never', completions: 'always' },
  usageFrame: { chat: 'asked', completions: 'never' },
  cachedTokens: true,
  timings: true,
  listOpening: 'data: null\n\n',
  streamType: 'text/event-stream',
  failure: (message) => llamacppCompletion.error(500, 'server_error', message),
  doneAfterFailure: false,
  errorBody: llamacppCompletion.error,
}
const well = () => json({ status: 'ok' })

/** `llama-server`, started with --metrics. */
export const llamacpp: Persona = {
  name: 'llamacpp',
  server: ['Server: llama.cpp'],
  shapes: {
    '/completion': llamacppCompletion,
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
    '/v1/responses': openAiResponses,
    '/v1/messages': anthropicMessages,
  },
  refusesOtherModels: false,
  pages: {
    '/health': well,
    '/v1/health': well,
    '/props': ({ model }) =>
      json({
        default_generation_settings: { n_ctx: contextTokens, params: {} },
        total_slots: maxSequences,
        model_path: model,
        chat_template: '',
        build_info: version,
      }),
    '/v1/models': models('llamacpp', { meta: { n_ctx: contextTokens } }),
    '/metrics': ({ tally }) =>
      metricsPage('', [
        { kind: 'counter', name: 'llamacpp:prompt_tokens_total', value: tally.promptTokens },
        { kind: 'counter', name: 'llamacpp:prompt_tokens_cached_total', value: 0 },
        { kind: 'counter', name: 'llamacpp:tokens_predicted_total', value: tally.generatedTokens },
        { kind: 'gauge', name: 'llamacpp:requests_processing', value: tally.running },
        { kind: 'gauge', name: 'llamacpp:requests_deferred', value: 0 },
      ]),
  },
}
