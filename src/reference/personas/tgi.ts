import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { tgi as tgiShape } from '../shapes/tgi.ts'
import { contextTokens, json, maxSequences, metricsPage, type Persona, text, version } from './persona.ts'

const generate = tgiShape(false)
const habits: Partial<OpenAiHabits> = {
  data: 'data: ',
  idPrefix: {},
  frameFields: ',"system_fingerprint":"simulated"',
  choiceFields: { chat: '', completions: '', end: '' },
  role: 'in-each',
  usageAtFinish: { chat: 'never', completions: 'always' },
  usageFrame: { chat: 'asked', completions: 'never' },
  streamType: 'text/event-stream',
  failure: (message) => JSON.stringify({ error: { message, http_status_code: 424 } }),
  doneAfterFailure: false,
  errorBody: generate.error,
  statuses: { 400: 422 },
}

/** Text Generation Inference. */
export const tgi: Persona = {
  name: 'tgi',
  server: [],
  shapes: {
    '/generate': generate,
    '/generate_stream': tgiShape(true),
    '/': generate,
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
  },
  refusesOtherModels: false,
  pages: {
    '/health': () => text(''),
    '/ping': () => text('pong'),
    '/info': ({ model }) =>
      json({
        model_id: model,
        model_sha: null,
        model_pipeline_tag: 'text-generation',
        max_concurrent_requests: maxSequences,
        max_best_of: 1,
        max_stop_sequences: 4,
        max_input_tokens: contextTokens - 1,
        max_total_tokens: contextTokens,
        validation_workers: 1,
        max_client_batch_size: 4,
        router: 'text-generation-router',
        version,
        sha: null,
        docker_label: null,
      }),
    '/metrics': ({ tally }) =>
      metricsPage('', [
        { kind: 'counter', name: 'tgi_request_count', value: tally.finished + tally.failed + tally.refused },
        { kind: 'counter', name: 'tgi_request_success', value: tally.finished },
        {
          kind: 'counter',
          name: 'tgi_request_failure',
          value: tally.failed + tally.refused,
          labels: 'err="generation"',
        },
        {
          kind: 'totals',
          name: 'tgi_request_input_length',
          count: tally.finished,
          sum: tally.finishedPromptTokens,
        },
        {
          kind: 'totals',
          name: 'tgi_request_generated_tokens',
          count: tally.finished,
          sum: tally.finishedGeneratedTokens,
        },
        { kind: 'histogram', name: 'tgi_request_duration', value: tally.e2e },
        { kind: 'gauge', name: 'tgi_batch_current_size', value: tally.running },
        { kind: 'gauge', name: 'tgi_queue_size', value: 0 },
      ]),
  },
}
