import { availableParallelism } from 'node:os'
import { AssayError } from '../model/errors.ts'
import type { StudyObserver } from '../model/progress.ts'
import type { FrozenWorkload } from '../model/request.ts'
import type { Study } from '../model/study.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import { tableReader } from '../store/table-reader.ts'
import { loadTokenizer } from '../tokenizers/index.ts'
import { freezeWorkload } from '../workloads/index.ts'
import { requestsNeeded } from './size.ts'

/** More threads than this would only take memory: each holds a tokenizer. */
const mostThreads = 4

/** Freezes each workload once, large enough for every load, so that all targets replay the same bytes. */
export async function freezeWorkloads(
  study: Study,
  observer: Pick<StudyObserver, 'step'>,
): Promise<ReadonlyMap<string, FrozenWorkload>> {
  const needed = Math.max(...study.loads.map((load) => requestsNeeded(load, study.seed)))
  const frozen = new Map<string, FrozenWorkload>()
  for (const spec of study.workloads) {
    observer.step(`freezing workload ${spec.name}`)
    frozen.set(spec.name, forLoads(await freezeOne(spec, study.seed, needed)))
  }
  return frozen
}

/** What no load does yet: to feed replies back, and to let the turns of a session wait for each other. */
function forLoads(workload: FrozenWorkload): FrozenWorkload {
  const { name, replayable, dependent, notices } = workload
  if (replayable === false) {
    throw new AssayError(
      'live-history',
      `Workload "${name}": no load feeds replies back into a conversation.`,
      {
        hint: 'Use history: recorded, which sends the recorded answers.',
      },
    )
  }
  if (dependent === undefined) return workload
  const notice = `${dependent} turns are sent when the load says, not after the turns before them: no load keeps sessions.`
  return { ...workload, notices: [...notices, notice] }
}

/** Freezes one workload of a study. `needed`: requests that the study's largest load sends. */
export async function freezeOne(
  spec: WorkloadSpec,
  seed: number,
  needed: number,
  threads = Math.min(availableParallelism(), mostThreads),
): Promise<FrozenWorkload> {
  const tokenizer = spec.tokenizer === undefined ? undefined : await loadTokenizer(spec.tokenizer)
  try {
    return await freezeWorkload(spec, {
      seed,
      count: spec.size ?? needed,
      tables: tableReader,
      threads: threads > 1 ? threads : 0,
      ...(tokenizer === undefined ? {} : { tokenizer }),
    })
  } finally {
    tokenizer?.close?.()
  }
}
