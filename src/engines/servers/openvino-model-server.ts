import type { ServerKind } from '../../model/server-kind.ts'
import { jsonOf, model, openAiModels, version, word } from './page.ts'

/** OpenVINO Model Server. */
export const openvinoModelServer: ServerKind = {
  name: 'openvino-model-server',
  title: 'OpenVINO Model Server',
  dialects: ['openai-completions', 'openai-chat'],
  pages: ['/v2', '/v1/config', '/v1/models'],
  refusesOtherModels: true,
  recognise(seen) {
    const name = word(jsonOf(seen, '/v2').name)
    return name !== undefined && /openvino/i.test(name) ? `/v2 says name: ${name}` : undefined
  },
  facts(seen) {
    const listed = openAiModels(seen)
    return {
      ...version(jsonOf(seen, '/v2').version),
      models:
        listed.length > 0 ? listed : Object.keys(jsonOf(seen, '/v1/config')).flatMap((name) => model(name)),
      settings: {},
      notices: [
        'the prefix cache is on by default: prompts that begin alike are computed once (--enable_prefix_caching false)',
      ],
    }
  },
  metrics: {
    path: '/metrics',
    names: {
      'requests-finished': ['ovms_responses', 'ovms_requests_success'],
      'requests-failed': ['ovms_requests_fail'],
      running: ['ovms_current_graphs', 'ovms_current_requests'],
    },
  },
}
