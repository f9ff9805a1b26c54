import type { FrozenWorkload } from '../model/request.ts'
import type { WorkloadSource, WorkloadSpec } from '../model/workload.ts'
import { inBatches } from './batches.ts'
import { freezeRequests } from './frozen.ts'
import { inMode } from './prompt-modes.ts'
import type { FreezeOptions, Source, SourceResult } from './source.ts'

/** Sources of requests; a name here is a source's name everywhere. */
export const workloadSources: { readonly [K in WorkloadSource['kind']]: () => Promise<Source<K>> } = {
  synthetic: () => import('./synthetic.ts').then((m) => m.synthetic),
  jsonl: () => import('./jsonl.ts').then((m) => m.jsonl),
  sample: () => import('./sample.ts').then((m) => m.sample),
}

/**
 * Makes a workload's requests and freezes them: the same spec, seed and count give the same bytes, and the first
 * n requests do not depend on how many follow. Throws AssayErrors for files that cannot be used.
 */
export async function freezeWorkload(spec: WorkloadSpec, options: FreezeOptions): Promise<FrozenWorkload> {
  // The table pairs every kind with a source of that kind, which the compiler cannot follow from here.
  const load = workloadSources[spec.source.kind] as () => Promise<
    (spec: WorkloadSpec, options: FreezeOptions) => SourceResult | Promise<SourceResult>
  >
  const { promptsPerRequest = 1, size } = spec
  const ofPrompts = size === undefined ? spec : { ...spec, size: size * promptsPerRequest }
  const source = await (await load())(ofPrompts, { ...options, count: options.count * promptsPerRequest })
  const asked = { ...source, requests: inMode(source.requests, spec, options.tokenizer) }
  const { requests, notices } =
    promptsPerRequest === 1 ? asked : inBatches(asked, promptsPerRequest, spec.name)
  return freezeRequests(spec.name, requests, notices)
}
