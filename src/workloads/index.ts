import type { FrozenWorkload } from '../model/request.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import { freezeRequests } from './frozen.ts'
import type { FreezeOptions, SourceResult } from './source.ts'

/**
 * Makes a workload's requests and freezes them: the same spec, seed and count give the same bytes, and the first
 * n requests do not depend on how many follow. Throws AssayErrors for files that cannot be used.
 */
export async function freezeWorkload(spec: WorkloadSpec, options: FreezeOptions): Promise<FrozenWorkload> {
  const { requests, notices } = await make(spec, options)
  return freezeRequests(spec.name, requests, notices)
}

async function make(spec: WorkloadSpec, options: FreezeOptions): Promise<SourceResult> {
  const { source } = spec
  switch (source.kind) {
    case 'synthetic':
      return (await import('./synthetic.ts')).synthetic({ ...spec, source }, options)
    case 'jsonl':
      return (await import('./jsonl.ts')).jsonl({ ...spec, source }, options)
    case 'sample':
      return (await import('./sample.ts')).sample({ ...spec, source }, options)
    default:
      return source satisfies never
  }
}
