import { grpcDialects } from '../../model/dialect.ts'
import type { Shape } from '../shapes/shape.ts'
import { azureInference, azureOpenai } from './azure.ts'
import { lightllm } from './lightllm.ts'
import { llamaCppPython } from './llama-cpp-python.ts'
import { llamacpp } from './llamacpp.ts'
import { lmdeploy } from './lmdeploy.ts'
import { ollama } from './ollama.ts'
import type { Persona } from './persona.ts'
import { reference } from './reference.ts'
import { sglang, sglangDelta } from './sglang.ts'
import { tgi } from './tgi.ts'
import { transformersServe } from './transformers-serve.ts'
import { triton } from './triton.ts'
import { trtllmServe } from './trtllm-serve.ts'
import { vllm, vllmLegacy, vllmLegacyNul } from './vllm.ts'

/** Every engine that the server plays, the one that is itself first. */
export const personas = {
  reference,
  vllm,
  'vllm-legacy': vllmLegacy,
  'vllm-legacy-nul': vllmLegacyNul,
  tgi,
  lightllm,
  sglang,
  'sglang-delta': sglangDelta,
  lmdeploy,
  llamacpp,
  'llama-cpp-python': llamaCppPython,
  ollama,
  'trtllm-serve': trtllmServe,
  triton,
  'transformers-serve': transformersServe,
  'azure-openai': azureOpenai,
  'azure-inference': azureInference,
} satisfies Record<string, Persona>

export type PersonaName = keyof typeof personas

/** The persona of that name, if there is one. */
export function personaNamed(name: string): Persona | undefined {
  return Object.hasOwn(personas, name) ? personas[name as PersonaName] : undefined
}

/** What a persona answers generation requests with at a path. */
export function shapeAt({ shapes }: Persona, path: string): Shape | undefined {
  return atPath(shapes, path)
}

/** A page of a persona. */
export function pageAt(
  { pages }: Persona,
  method: string,
  path: string,
): Persona['pages'][string] | undefined {
  return method === 'GET' ? atPath(pages, path) : atPath(pages, `${method} ${path}`)
}

function atPath<T>(table: Readonly<Record<string, T>>, path: string): T | undefined {
  if (Object.hasOwn(table, path)) return table[path]
  const segments = path.split('/')
  const [, found] =
    Object.entries(table).find(([pattern]) => {
      const parts = pattern.split('/')
      return (
        parts.length === segments.length && parts.every((part, i) => part === '*' || part === segments[i])
      )
    }) ?? []
  return found
}

/** Those that speak a dialect at its path, which may have a query and `{model}` in it; itself first. */
export function personasSpeaking({
  name,
  path,
}: {
  readonly name: string
  readonly path: string
}): Persona[] {
  const [plain = ''] = path.replace('{model}', 'model').split('?')
  // Calls of gRPC are answered as Triton answers them, whatever else is played.
  if (grpcDialects.includes(name)) return [personas.triton]
  return Object.values(personas).filter((persona: Persona) => {
    const shape = shapeAt(persona, plain)
    return shape !== undefined && (shape.name === name || persona.name === name)
  })
}
