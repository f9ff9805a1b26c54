import type { ServerKind } from '../../model/server-kind.ts'
import { hasRoutes } from './page.ts'

/** vLLM's first demonstration server: POST /generate and nothing of OpenAI's. */
export const vllmLegacy: ServerKind = {
  name: 'vllm-legacy',
  title: 'vLLM demo server (api_server)',
  dialects: ['vllm-generate'],
  pages: ['/openapi.json'],
  refusesOtherModels: false,
  recognise(seen) {
    if (!hasRoutes(seen, ['/generate'])) return undefined
    const others = ['/v1/completions', '/v1/chat/completions', '/generate_stream']
    if (others.some((path) => hasRoutes(seen, [path]))) return undefined
    return '/openapi.json has /generate and no path of another API'
  },
  facts: () => ({
    models: [],
    settings: {},
    notices: ['it states neither its version nor its settings nor token counts'],
  }),
}
