import type { ServerKind, ServerPages } from '../../model/server-kind.ts'
import { embedded, isSimulated, reference } from './assay.ts'
import { azureInference, azureOpenai } from './azure.ts'
import { frontEnd } from './front-end.ts'
import { lightllm } from './lightllm.ts'
import { llamaCppPython } from './llama-cpp-python.ts'
import { llamacpp } from './llamacpp.ts'
import { lmdeploy } from './lmdeploy.ts'
import { mlc } from './mlc.ts'
import { ollama } from './ollama.ts'
import { openvinoModelServer } from './openvino-model-server.ts'
import { sglang } from './sglang.ts'
import { tabbyapi } from './tabbyapi.ts'
import { tgi } from './tgi.ts'
import { transformersServe } from './transformers-serve.ts'
import { triton } from './triton.ts'
import { trtllmServe } from './trtllm-serve.ts'
import { unknownServer } from './unknown.ts'
import { vllm } from './vllm.ts'
import { vllmLegacy } from './vllm-legacy.ts'

/**
 * Every server that Assay knows from outside. The first that recognises itself is meant, so that what cannot be
 * mistaken comes first: host names and engine names before the mere shape of a page.
 */
export const serverKinds: readonly ServerKind[] = [
  azureOpenai,
  azureInference,
  reference,
  embedded,
  frontEnd,
  vllm,
  sglang,
  llamacpp,
  lmdeploy,
  trtllmServe,
  mlc,
  tabbyapi,
  ollama,
  triton,
  openvinoModelServer,
  tgi,
  lightllm,
  llamaCppPython,
  transformersServe,
  vllmLegacy,
]

/** A server, and what shows that it is this one. */
export interface Recognised {
  readonly kind: ServerKind
  readonly by: string
}

/** The kind that the pages show; `undefined` when none does. */
export function recogniseServer(seen: ServerPages): Recognised | undefined {
  for (const kind of serverKinds) {
    const by = kind.recognise(seen)
    if (by !== undefined) return { kind, by }
  }
  return undefined
}

export { isSimulated, unknownServer }
