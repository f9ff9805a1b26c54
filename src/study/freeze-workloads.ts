import type { StudyObserver } from '../model/progress.ts'
import type { FrozenWorkload } from '../model/request.ts'
import type { Study } from '../model/study.ts'
import { loadTokenizer } from '../tokenizers/index.ts'
import { freezeWorkload } from '../workloads/index.ts'
import { requestsNeeded } from './size.ts'

/** Freezes each workload once, large enough for every load, so that all targets replay the same bytes. */
export async function freezeWorkloads(
  study: Study,
  observer: StudyObserver,
): Promise<ReadonlyMap<string, FrozenWorkload>> {
  const needed = Math.max(...study.loads.map((load) => requestsNeeded(load, study.seed)))
  const frozen = new Map<string, FrozenWorkload>()
  for (const spec of study.workloads) {
    const count = spec.size ?? needed
    observer.step(`freezing workload ${spec.name}`)
    const tokenizer = spec.tokenizer === undefined ? undefined : await loadTokenizer(spec.tokenizer)
    frozen.set(
      spec.name,
      await freezeWorkload(spec, {
        seed: study.seed,
        count,
        ...(tokenizer === undefined ? {} : { tokenizer }),
      }),
    )
  }
  return frozen
}
