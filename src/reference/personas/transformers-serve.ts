import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { openAiResponses } from '../shapes/openai-responses.ts'
import { json, models, type Persona, uvicorn } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  idPrefix: { chat: '', completions: '' },
  choiceFields: { chat: '', completions: '', end: '' },
  // Before anything is generated.
  role: 'at-once',
  finishesApart: true,
  endDelta: '{}',
  usageAtFinish: { chat: 'always', completions: 'always' },
  usageFrame: { chat: 'never', completions: 'never' },
  done: false,
  streamType: 'text/event-stream; charset=utf-8',
  failure: (message) => `{"error": ${JSON.stringify(message)}}`,
  doneAfterFailure: false,
  errorBody: (_status, _type, message) => JSON.stringify({ detail: message }),
}

/** `transformers serve`. */
export const transformersServe: Persona = {
  name: 'transformers-serve',
  server: uvicorn,
  shapes: {
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
    '/v1/responses': openAiResponses,
  },
  refusesOtherModels: false,
  pages: {
    '/health': () => json({ status: 'ok' }),
    '/v1/models': models('simulated'),
    '/openapi.json': () =>
      json({
        openapi: '3.1.0',
        info: { title: 'FastAPI', version: '0.1.0' },
        paths: {
          '/health': { get: {} },
          '/load_model': { post: {} },
          '/reset': { post: {} },
          '/v1/models': { get: {} },
          '/v1/chat/completions': { post: {} },
          '/v1/completions': { post: {} },
          '/v1/responses': { post: {} },
        },
      }),
  },
}
