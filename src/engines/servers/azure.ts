import type { ServerFacts, ServerKind } from '../../model/server-kind.ts'

const hosted: ServerFacts = {
  models: [],
  settings: {},
  notices: [
    'a hosted service: its version and settings are not stated and may change between runs',
    'text may come in blocks of many tokens that a content filter has passed',
  ],
}

/** Recognises a hosted service by the end of its host name; nothing is read for it. */
function byHost(ends: readonly string[]): ServerKind['recognise'] {
  return ({ url }) => {
    const end = ends.find((one) => url.hostname.endsWith(one))
    return end === undefined ? undefined : `the host ends with ${end}`
  }
}

/** Azure OpenAI. */
export const azureOpenai: ServerKind = {
  name: 'azure-openai',
  title: 'Azure OpenAI',
  dialects: ['azure-openai', 'openai-chat'],
  pages: [],
  refusesOtherModels: false,
  recognise: byHost(['.openai.azure.com', '.cognitiveservices.azure.com']),
  facts: () => hosted,
}

/** Azure AI model inference. */
export const azureInference: ServerKind = {
  name: 'azure-inference',
  title: 'Azure AI model inference',
  dialects: ['azure-inference'],
  pages: [],
  refusesOtherModels: false,
  recognise: byHost(['.services.ai.azure.com', '.models.ai.azure.com', '.inference.ai.azure.com']),
  facts: () => hosted,
}
