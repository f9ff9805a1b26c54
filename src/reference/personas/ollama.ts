import { ollama as ollamaShape } from '../shapes/ollama.ts'
import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import type { OpenAiHabits } from '../shapes/openai-habits.ts'
import { contextTokens, type Facts, json, models, type Persona, text, version } from './persona.ts'

const habits: Partial<OpenAiHabits> = {
  frameFields: ',"system_fingerprint":"fp_ollama"',
  choiceFields: { chat: '', completions: '', end: '' },
  role: 'in-each',
  finishesApart: true,
  endDelta: '{"role":"assistant","content":""}',
  streamType: 'text/event-stream',
}
const details = { format: 'simulated', family: 'simulated', parameter_size: '0', quantization_level: 'none' }
const entry = ({ model, created }: Facts) => ({
  name: model,
  model,
  modified_at: new Date(created * 1000).toISOString(),
  size: 0,
  digest: '',
  details,
})

/** Ollama. */
export const ollama: Persona = {
  name: 'ollama',
  server: [],
  shapes: {
    '/api/generate': ollamaShape('generate'),
    '/api/chat': ollamaShape('chat'),
    '/v1/chat/completions': openAiChat(habits),
    '/v1/completions': openAiCompletions(habits),
  },
  refusesOtherModels: true,
  pages: {
    '/': () => text('Ollama is running'),
    '/api/version': () => json({ version }),
    '/api/tags': (facts) => json({ models: [entry(facts)] }),
    '/api/ps': (facts) =>
      json({ models: [{ ...entry(facts), size_vram: 0, context_length: contextTokens }] }),
    '/v1/models': models('library'),
  },
}
