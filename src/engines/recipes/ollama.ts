import type { Recipe } from '../recipe.ts'
import { batchLimit, commonOptions, host } from './words.ts'

const { args: _, ...options } = commonOptions

export const ollama: Recipe = {
  name: 'ollama',
  summary: 'Ollama, an ollama program that you have, with a model that it has pulled',
  options: {
    model: 'a tag that ollama list shows',
    maxBatch: 'OLLAMA_NUM_PARALLEL; one when absent',
    contextTokens: 'OLLAMA_CONTEXT_LENGTH',
    batching: 'off is OLLAMA_NUM_PARALLEL=1',
    binary: 'path of ollama; absent: looked for in PATH',
    ...options,
  },
  refusals: {
    prefixCache: 'Its prompt cache cannot be turned off: let prompts begin differently.',
    dtype: 'It is a property of the model: choose another tag.',
    quantisation: 'It is a property of the model: choose another tag.',
    threads: 'It is a setting of each request: body: {options: {num_thread: 4}} of the target.',
    args: 'ollama serve has no arguments; use env.',
    kvMemory: 'The KV cache is as large as contextTokens × maxBatch asks.',
  },
  batching: ['continuous', 'off'],
  required: ['model'],
  models: [],
  dialects: ['ollama-generate', 'ollama-chat', 'openai-completions', 'openai-chat'],
  command: (options, { port }) => ({
    words: [options.binary ?? 'ollama', 'serve'],
    env: {
      OLLAMA_HOST: `${host}:${port}`,
      OLLAMA_NUM_PARALLEL: String(batchLimit(options) ?? 1),
      // A model that is unloaded while nobody asks is loaded in somebody's time to first token.
      OLLAMA_KEEP_ALIVE: '-1',
      ...(options.contextTokens === undefined
        ? {}
        : { OLLAMA_CONTEXT_LENGTH: String(options.contextTokens) }),
      ...options.env,
    },
  }),
  install: 'Install Ollama as its own pages say and pull the model with ollama pull.',
  verified: { kind: 'not' },
  ready: { path: '/', timeoutS: 60 },
  version: { kind: 'page', path: '/api/version', key: 'version' },
  endsEarly: true,
  biases: [
    {
      when: ({ maxBatch, batching }) => maxBatch === undefined && batching !== 'off',
      text: 'one request is computed at a time by default (maxBatch changes that)',
    },
    { text: 'what prompts share with the one before is computed once, and that cannot be turned off' },
    { text: 'the length cannot be forced: a model may end its text before the length asked for' },
    { text: 'prompts longer than the context are cut without a word (contextTokens sets it)' },
  ],
}
