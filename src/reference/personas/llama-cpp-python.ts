import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { json, models, type Persona, uvicorn, version } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  choiceFields: { chat: '', completions: '', end: '' },
  finishesApart: true,
  endDelta: '{}',
  usageFrame: { chat: 'never', completions: 'never' },
  streamType: 'text/event-stream; charset=utf-8',
}

/** `python -m llama_cpp.server`: no usage in streams. It answers requests at the same time, unlike the real one. */
export const llamaCppPython: Persona = {
  name: 'llama-cpp-python',
  server: uvicorn,
  shapes: {
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
  },
  refusesOtherModels: false,
  pages: {
    '/v1/models': models('me'),
    '/openapi.json': () =>
      json({
        openapi: '3.1.0',
        info: { title: 'llama.cpp Python API', version },
        paths: {
          '/v1/models': { get: {} },
          '/v1/completions': { post: {} },
          '/v1/chat/completions': { post: {} },
          '/extras/tokenize': { post: {} },
        },
      }),
  },
}
