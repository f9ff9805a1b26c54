import { anthropicMessages } from '../shapes/anthropic-messages.ts'
import { llamacppCompletion } from '../shapes/llamacpp-completion.ts'
import { ollama } from '../shapes/ollama.ts'
import { openAiChat, openAiCompletions } from '../shapes/openai.ts'
import { openAiResponses } from '../shapes/openai-responses.ts'
import { vllmTokens } from '../shapes/vllm-tokens.ts'
import { models, type Persona, text } from './persona.ts'

/** The server as itself: every dialect whose path says which it is, with the habits of vLLM. */
export const reference: Persona = {
  name: 'reference',
  server: ['Server: assay-reference'],
  shapes: {
    '/v1/chat/completions': openAiChat(),
    '/v1/completions': openAiCompletions(),
    '/v1/responses': openAiResponses,
    '/v1/messages': anthropicMessages,
    '/inference/v1/generate': vllmTokens,
    '/completion': llamacppCompletion,
    '/api/generate': ollama('generate'),
    '/api/chat': ollama('chat'),
  },
  refusesOtherModels: false,
  pages: {
    '/health': () => ({ ...text(''), type: 'application/json' }),
    '/v1/models': models('assay-reference (simulated)'),
  },
}
