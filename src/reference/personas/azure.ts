import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { json, type Persona } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  choiceFields: { chat: '', completions: '', end: '' },
  streamType: 'text/event-stream; charset=utf-8',
  doneAfterFailure: false,
  failure: (message) => azureError(500, 'InternalServerError', message),
  errorBody: azureError,
}

const chat = openAiChat({
  ...habits,
  beforeDelta: '"content_filter_results":{},',
  finishesApart: true,
  endDelta: '{}',
  // As soon as the prompt has passed the filter.
  role: 'at-once',
  opening:
    'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}\n\n',
})

/** Azure OpenAI: the first event is about the prompt and comes before any token. */
export const azureOpenai: Persona = {
  name: 'azure-openai',
  server: [],
  shapes: {
    '/openai/deployments/*/chat/completions': chat,
    '/openai/deployments/*/completions': openAiCompletions(habits),
    '/openai/v1/chat/completions': chat,
  },
  refusesOtherModels: false,
  pages: {},
}

const inference: Partial<OpenAiHabits> = {
  ...habits,
  role: 'in-each',
  finishesApart: true,
  // Some endpoints state usage on the last frame instead of one of its own.
  usageAtFinish: { chat: 'always', completions: 'always' },
  usageFrame: { chat: 'never', completions: 'never' },
}

/** Azure AI model inference. */
export const azureInference: Persona = {
  name: 'azure-inference',
  server: [],
  shapes: {
    '/chat/completions': openAiChat(inference),
    '/completions': openAiCompletions(inference),
    '/models/chat/completions': openAiChat(inference),
    '/models/completions': openAiCompletions(inference),
  },
  refusesOtherModels: false,
  pages: {
    '/info': ({ model }) =>
      json({
        model_name: model,
        model_type: 'completion',
        model_provider_name: 'assay-reference (simulated)',
      }),
  },
}

function azureError(status: number, type: string, message: string): string {
  return JSON.stringify({ error: { code: status === 429 ? '429' : type, message } })
}
