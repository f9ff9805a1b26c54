import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { sglangGenerate } from '../shapes/sglang-generate.ts'
import {
  contextTokens,
  type Facts,
  json,
  maxSequences,
  metricsPage,
  models,
  type Page,
  type Persona,
  quoted,
  text,
  uvicorn,
  version,
} from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  idPrefix: { chat: '', completions: '' },
  choiceFields: {
    chat: ',"matched_stop":null',
    completions: ',"matched_stop":null',
    end: ',"matched_stop":null',
  },
  endDelta: '{}',
  streamType: 'text/event-stream',
  doneAfterFailure: true,
  errorBody: (status, type, message) =>
    JSON.stringify({ object: 'error', message, type, param: null, code: status }),
}

const modelInfo = ({ model }: Facts): Page =>
  json({ model_path: model, tokenizer_path: model, is_generation: true })
const serverInfo = ({ model }: Facts): Page =>
  json({
    model_path: model,
    served_model_name: model,
    version,
    context_length: contextTokens,
    max_running_requests: maxSequences,
    mem_fraction_static: 0.9,
    disable_radix_cache: true,
    tp_size: 1,
    dp_size: 1,
    stream_interval: 1,
    internal_states: [{}],
  })

/** SGLang; `cumulative`: as it is unless started with --incremental-streaming-output. */
function sglangServer(name: string, cumulative: boolean): Persona {
  return {
    name,
    server: uvicorn,
    shapes: {
      '/generate': sglangGenerate(cumulative),
      '/v1/chat/completions': openAiChat({ ...habits, finishesApart: true }),
      '/v1/completions': openAiCompletions(habits),
    },
    refusesOtherModels: false,
    pages: {
      '/health': () => text(''),
      '/model_info': modelInfo,
      '/get_model_info': modelInfo,
      '/server_info': serverInfo,
      '/get_server_info': serverInfo,
      '/flush_cache': () => text('Cache flushed.'),
      '/v1/models': (facts) => models('sglang', { root: facts.model, max_model_len: contextTokens })(facts),
      '/metrics': ({ model, tally }) =>
        // Its counters move when a request finishes.
        metricsPage(`model_name=${quoted(model)}`, [
          { kind: 'counter', name: 'sglang:prompt_tokens_total', value: tally.finishedPromptTokens },
          { kind: 'counter', name: 'sglang:generation_tokens_total', value: tally.finishedGeneratedTokens },
          { kind: 'counter', name: 'sglang:num_requests_total', value: tally.finished },
          { kind: 'counter', name: 'sglang:num_aborted_requests_total', value: tally.failed },
          { kind: 'gauge', name: 'sglang:num_running_reqs', value: tally.running },
          { kind: 'gauge', name: 'sglang:num_queue_reqs', value: 0 },
          { kind: 'histogram', name: 'sglang:time_to_first_token_seconds', value: tally.ttft },
          { kind: 'histogram', name: 'sglang:e2e_request_latency_seconds', value: tally.e2e },
        ]),
    },
  }
}

export const sglang = sglangServer('sglang', true)
export const sglangDelta = sglangServer('sglang-delta', false)
