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
} satisfies Partial<Record<EngineName, () => Promise<Recipe>>>

/** The recipe of an engine; `undefined` for Assay's own engines. */
export async function recipeOf(name: string): Promise<Recipe | undefined> {
  return Object.hasOwn(recipes, name) ? recipes[name as keyof typeof recipes]() : undefined
}
