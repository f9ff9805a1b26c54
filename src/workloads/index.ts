import type { FrozenWorkload } from '../model/request.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import type { SourceKind } from '../model/workload-source.ts'
import { inBatches } from './batches.ts'
import { withinContext } from './context-limit.ts'
import { WorkloadBuilder } from './frozen.ts'
import { inMode } from './prompt-modes.ts'
import type {
  FreezeOptions,
  Requests,
  Source,
  SourceContext,
  SourcedRequest,
  WorkloadFacts,
} from './source.ts'

/** Sources of requests; a name here is a source's name everywhere. */
export const workloadSources: { readonly [K in SourceKind]: () => Promise<Source<K>> } = {
  synthetic: () => import('./synthetic.ts').then((m) => m.synthetic),
  'shared-prefix': () => import('./shared-prefix.ts').then((m) => m.sharedPrefix),
  'synthetic-conversations': () =>
    import('./synthetic-conversations.ts').then((m) => m.syntheticConversations),
  ladder: () => import('./ladder.ts').then((m) => m.ladder),
  sample: () => import('./sample.ts').then((m) => m.sample),
  jsonl: () => import('./jsonl.ts').then((m) => m.jsonl),
  parquet: () => import('./tables.ts').then((m) => m.table),
  csv: () => import('./tables.ts').then((m) => m.table),
  'hf-folder': () => import('./hf-folder.ts').then((m) => m.hfFolder),
  sharegpt: () => import('./sharegpt.ts').then((m) => m.shareGpt),
  conversations: () => import('./conversations.ts').then((m) => m.conversations),
  tinystories: () => import('./tinystories.ts').then((m) => m.tinyStories),
  'cnn-dailymail': () => import('./cnn-dailymail.ts').then((m) => m.cnnDailyMail),
  longbench: () => import('./longbench.ts').then((m) => m.longBench),
  'openai-batch': () => import('./openai-batch.ts').then((m) => m.openAiBatch),
  bodies: () => import('./bodies.ts').then((m) => m.bodies),
  mooncake: () => import('./traces/mooncake.ts').then((m) => m.mooncake),
  burstgpt: () => import('./traces/burstgpt.ts').then((m) => m.burstGpt),
  'azure-trace': () => import('./traces/azure.ts').then((m) => m.azureTrace),
  bailian: () => import('./traces/bailian.ts').then((m) => m.bailian),
  'trace-csv': () => import('./traces/plain.ts').then((m) => m.plainTrace),
  frozen: () => import('./frozen-file.ts').then((m) => m.frozenFile),
}

/**
 * Makes a workload's requests and freezes them: the same spec, seed and count give the same bytes, and the first
 * n requests do not depend on how many follow. Throws AssayErrors for files that cannot be used.
 */
export async function freezeWorkload(spec: WorkloadSpec, options: FreezeOptions): Promise<FrozenWorkload> {
  // The table pairs every kind with a source of that kind, which the compiler cannot follow from here.
  const load = workloadSources[spec.source.kind] as () => Promise<
    (spec: WorkloadSpec, context: SourceContext) => Requests
  >
  const notices: string[] = []
  let facts: WorkloadFacts = {}
  const { promptsPerRequest = 1, size = Number.POSITIVE_INFINITY } = spec
  const context: SourceContext = {
    ...options,
    count: options.count * promptsPerRequest,
    notice: (text) => notices.push(text),
    state: (stated) => {
      facts = { ...facts, ...stated }
    },
  }
  const given = first(size * promptsPerRequest, (await load())(spec, context))
  const inTheirMode = withinContext(inMode(given, spec, options.tokenizer), spec, context.notice)
  const requests =
    promptsPerRequest === 1
      ? inTheirMode
      : inBatches(inTheirMode, promptsPerRequest, spec.name, context.notice)
  const builder = new WorkloadBuilder(spec.name)
  for await (const request of requests) builder.add(request)
  return builder.finish(notices, facts)
}

/** The first so many; the source is told when no more are wanted. */
async function* first(count: number, requests: Requests): AsyncGenerator<SourcedRequest> {
  let given = 0
  for await (const request of requests) {
    // One more is asked for, so that a source without more tells its notices.
    if (given++ >= count) return
    yield request
  }
}
