import type { FrozenWorkload } from '../model/request.ts'
import type { WorkloadSource, WorkloadSpec } from '../model/workload.ts'
import { freezeRequests } from './frozen.ts'
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
  const { requests, notices } = await (await load())(spec, options)
  return freezeRequests(spec.name, requests, notices)
}
