import type { Dialect, DialectName, DialectOptions } from '../model/dialect.ts'
import { AssayError } from '../model/errors.ts'

/** Every wire protocol Assay speaks, and how its settings make one. */
export const dialects = {
  'openai-chat': () => import('./openai-chat.ts').then((m) => m.makeOpenaiChat),
  'openai-completions': () => import('./openai-completions.ts').then((m) => m.makeOpenaiCompletions),
  'openai-responses': () => import('./openai-responses.ts').then((m) => plain(m.openaiResponses)),
  'anthropic-messages': () => import('./anthropic-messages.ts').then((m) => m.makeAnthropicMessages),
  'azure-openai': () => import('./azure-openai.ts').then((m) => m.makeAzureOpenai),
  'azure-inference': () => import('./azure-inference.ts').then((m) => m.makeAzureInference),
  'vllm-generate': () => import('./vllm-generate.ts').then((m) => m.makeVllmGenerate),
  'vllm-tokens': () => import('./vllm-tokens.ts').then((m) => plain(m.vllmTokens)),
  tgi: () => import('./tgi.ts').then((m) => m.makeTgi),
  lightllm: () => import('./lightllm.ts').then((m) => m.makeLightllm),
  'sglang-generate': () => import('./sglang-generate.ts').then((m) => m.makeSglangGenerate),
  'lmdeploy-generate': () => import('./lmdeploy-generate.ts').then((m) => m.makeLmdeployGenerate),
  'llamacpp-completion': () => import('./llamacpp-completion.ts').then((m) => m.makeLlamacppCompletion),
  'ollama-generate': () => import('./ollama-generate.ts').then((m) => m.makeOllamaGenerate),
  'ollama-chat': () => import('./ollama-chat.ts').then((m) => m.makeOllamaChat),
  'triton-generate': () => import('./triton-generate.ts').then((m) => m.makeTritonGenerate),
  'triton-infer': () => import('./triton-infer.ts').then((m) => m.makeTritonInfer),
  'kserve-grpc': () => import('./kserve-grpc.ts').then((m) => m.makeKserveGrpc),
  custom: () => import('./custom.ts').then((m) => m.makeCustom),
} satisfies Record<DialectName, () => Promise<(options: DialectOptions) => Dialect>>

/** Looks a dialect up. Throws `unknown-dialect` with the known names, and `bad-dialect-option` for settings it lacks. */
export async function loadDialect(name: string, options: DialectOptions = {}): Promise<Dialect> {
  if (!Object.hasOwn(dialects, name)) {
    throw new AssayError('unknown-dialect', `There is no dialect "${name}".`, {
      hint: `Known dialects: ${Object.keys(dialects).join(', ')}.`,
    })
  }
  const make = await dialects[name as DialectName]()
  return make(options)
}

/** A dialect without settings. */
function plain(dialect: Dialect): (options: DialectOptions) => Dialect {
  return (options) => {
    const [name] = Object.keys(options)
    if (name === undefined) return dialect
    throw new AssayError('bad-dialect-option', `The dialect ${dialect.name} has no option "${name}".`, {
      hint: 'Leave dialectOptions out; fields of the request body go into body.',
    })
  }
}
