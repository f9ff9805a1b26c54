import type { EngineName } from '../../model/engine.ts'
import type { Recipe } from '../recipe.ts'

/** The engines that are programs of their own, and how each is started. */
export const recipes = {
  'llamacpp-server': () => import('./llamacpp-server.ts').then((m) => m.llamacppServer),
  xllamacpp: () => import('./xllamacpp.ts').then((m) => m.xllamacpp),
  vllm: () => import('./vllm.ts').then((m) => m.vllm),
  'vllm-legacy': () => import('./vllm-legacy.ts').then((m) => m.vllmLegacy),
  'transformers-serve': () => import('./transformers-serve.ts').then((m) => m.transformersServe),
  ollama: () => import('./ollama.ts').then((m) => m.ollama),
  'fastapi-transformers': () => import('./fastapi-transformers.ts').then((m) => m.fastapiTransformers),
  'triton-python': () => import('./triton-python.ts').then((m) => m.tritonPython),
  'triton-transformers': () => import('./triton-transformers.ts').then((m) => m.tritonTransformers),
  'fastapi-vllm': () => import('./fastapi-vllm.ts').then((m) => m.fastapiVllm),
  'fastapi-trtllm': () => import('./fastapi-trtllm.ts').then((m) => m.fastapiTrtllm),
  tgi: () => import('./tgi.ts').then((m) => m.tgi),
  lightllm: () => import('./lightllm.ts').then((m) => m.lightllm),
  sglang: () => import('./sglang.ts').then((m) => m.sglang),
  lmdeploy: () => import('./lmdeploy.ts').then((m) => m.lmdeploy),
  'trtllm-serve': () => import('./trtllm-serve.ts').then((m) => m.trtllmServe),
  'triton-trtllm': () => import('./triton-trtllm.ts').then((m) => m.tritonTrtllm),
  'triton-vllm': () => import('./triton-vllm.ts').then((m) => m.tritonVllm),
  'ray-serve-llm': () => import('./ray-serve-llm.ts').then((m) => m.rayServeLlm),
  fastertransformer: () => import('./fastertransformer.ts').then((m) => m.fastertransformer),
  tabbyapi: () => import('./tabbyapi.ts').then((m) => m.tabbyapi),
  mlc: () => import('./mlc.ts').then((m) => m.mlc),
  'openvino-model-server': () => import('./openvino-model-server.ts').then((m) => m.openvinoModelServer),
  'llama-cpp-python': () => import('./llama-cpp-python.ts').then((m) => m.llamaCppPython),
} satisfies Partial<Record<EngineName, () => Promise<Recipe>>>

/** The recipe of an engine; `undefined` for Assay's own engines. */
export async function recipeOf(name: string): Promise<Recipe | undefined> {
  return Object.hasOwn(recipes, name) ? recipes[name as keyof typeof recipes]() : undefined
}
