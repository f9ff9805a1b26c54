import type { ServerKind } from '../../model/server-kind.ts'
import { openAiModels, ownedBy } from './page.ts'

/** `mlc_llm serve`. */
export const mlc: ServerKind = {
  name: 'mlc',
  title: 'MLC LLM',
  dialects: ['openai-completions', 'openai-chat'],
  pages: ['/v1/models'],
  refusesOtherModels: true,
  recognise: ownedBy('MLC-LLM'),
  facts: (seen) => ({
    models: openAiModels(seen),
    settings: {},
    notices: [
      'the mode it was started in limits its batch: "local", the default, is for one user (--mode server)',
      'the prefix cache is on by default: prompts that begin alike are computed once (--prefix-cache-mode disable)',
    ],
  }),
  metrics: {
    path: '/metrics',
    names: {
      'prompt-tokens': ['prompt_tokens_sum'],
      'generated-tokens': ['completion_tokens_sum'],
    },
  },
}
