import type { Engine, EngineName } from '../model/engine.ts'
import { AssayError } from '../model/errors.ts'
import { processEngine } from './process-engine.ts'
import { recipes } from './recipes/index.ts'

/** Every engine Assay can start itself; a name here is the name in YAML, on the command line and in reports. */
export const engines = {
  embedded: () => import('./embedded/index.ts').then((m) => m.embedded),
  reference: () => import('./reference.ts').then((m) => m.reference),
  'llamacpp-server': async () => processEngine(await recipes['llamacpp-server']()),
  xllamacpp: async () => processEngine(await recipes.xllamacpp()),
  vllm: async () => processEngine(await recipes.vllm()),
  'vllm-legacy': async () => processEngine(await recipes['vllm-legacy']()),
  'transformers-serve': async () => processEngine(await recipes['transformers-serve']()),
  ollama: async () => processEngine(await recipes.ollama()),
  'fastapi-transformers': async () => processEngine(await recipes['fastapi-transformers']()),
  'triton-python': async () => processEngine(await recipes['triton-python']()),
  'triton-transformers': async () => processEngine(await recipes['triton-transformers']()),
  'fastapi-vllm': async () => processEngine(await recipes['fastapi-vllm']()),
  'fastapi-trtllm': async () => processEngine(await recipes['fastapi-trtllm']()),
  tgi: async () => processEngine(await recipes.tgi()),
  lightllm: async () => processEngine(await recipes.lightllm()),
  sglang: async () => processEngine(await recipes.sglang()),
  lmdeploy: async () => processEngine(await recipes.lmdeploy()),
  'trtllm-serve': async () => processEngine(await recipes['trtllm-serve']()),
  'triton-trtllm': async () => processEngine(await recipes['triton-trtllm']()),
  'triton-vllm': async () => processEngine(await recipes['triton-vllm']()),
  'ray-serve-llm': async () => processEngine(await recipes['ray-serve-llm']()),
  fastertransformer: async () => processEngine(await recipes.fastertransformer()),
  tabbyapi: async () => processEngine(await recipes.tabbyapi()),
  mlc: async () => processEngine(await recipes.mlc()),
  'openvino-model-server': async () => processEngine(await recipes['openvino-model-server']()),
  'llama-cpp-python': async () => processEngine(await recipes['llama-cpp-python']()),
} satisfies Record<EngineName, () => Promise<Engine>>

/** Looks an engine up. Throws `unknown-engine` with the known names. */
export function loadEngine(name: string): Promise<Engine> {
  if (!Object.hasOwn(engines, name)) {
    throw new AssayError('unknown-engine', `There is no engine "${name}".`, {
      hint: `Known engines: ${Object.keys(engines).join(', ')}.`,
    })
  }
  return engines[name as EngineName]()
}
