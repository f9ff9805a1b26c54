import { dirname, resolve } from 'node:path'
import { grpcDialects } from '../model/dialect.ts'
import type { Study } from '../model/study.ts'
import type { Target } from '../model/target.ts'
import type { LengthDistribution, Sampling, WorkloadSource, WorkloadSpec } from '../model/workload.ts'
import { dialectOf, readUrl } from './endpoint-url.ts'
import { secondsOf, shareOf } from './quantities.ts'
import { resolveLoad } from './resolve-load.ts'
import type { LengthFields, LoadFields, StudyFields, TargetFields, WorkloadFields } from './schema.ts'

const defaultLoad: LoadFields = { concurrency: 8, drain: 30, maxInFlight: 10_000 }
const defaultWorkload: WorkloadFields = { source: 'synthetic' }
const defaultInput: LengthDistribution = { kind: 'fixed', tokens: 128 }
const defaultOutput: LengthDistribution = { kind: 'fixed', tokens: 64 }

/** Fills in what the user left out. `file`: relative paths start beside it; absent: in the working folder. */
export function resolveStudy(
  fields: StudyFields,
  { file, fallbackName }: { readonly file?: string; readonly fallbackName: string },
): Study {
  const base = file === undefined ? process.cwd() : dirname(file)
  const { maxTokensTotal, abortOnErrors, workloads = [defaultWorkload], loads = [defaultLoad] } = fields
  const share = abortOnErrors === undefined ? undefined : shareOf(abortOnErrors)
  return {
    name: fields.name ?? fallbackName,
    seed: fields.seed,
    repeats: fields.repeats,
    capture: fields.capture,
    targets: named(fields.targets, (target) => resolveTarget(target, base)),
    workloads: named(workloads, (workload) => resolveWorkload(workload, base)),
    loads: named(loads, resolveLoad),
    limits: {
      ...(maxTokensTotal === undefined ? {} : { maxTokensTotal }),
      ...(share === undefined ? {} : { abortOnErrors: share }),
    },
  }
}

/** Names that were not given must differ from all others; the user's own stay as they are. */
function named<F extends { readonly name?: string | undefined }, T extends { readonly name: string }>(
  fields: readonly F[],
  resolveOne: (fields: F) => T,
): T[] {
  const taken = new Set(fields.map(({ name }) => name))
  return fields.map((one) => {
    const item = resolveOne(one)
    if (one.name !== undefined) return item
    let { name } = item
    for (let n = 2; taken.has(name); n++) name = `${item.name}-${n}`
    taken.add(name)
    return { ...item, name }
  })
}

function resolveTarget(fields: TargetFields, base: string): Target {
  const { engine, apiKeyEnv, gpus, tokenizer, metricsUrl } = fields
  const read = (fields.urls ?? (fields.url === undefined ? [] : [fields.url])).map(readUrl)
  const urls = read.flatMap((url) => (url.ok ? [url] : []))
  const model = fields.model ?? urls[0]?.model
  const dialect = fields.dialect ?? dialectOf(read)
  return {
    name: fields.name ?? engine ?? urls[0]?.host ?? 'target',
    dialect,
    dialectOptions: fields.dialectOptions,
    urls: urls.map((url) => url.base),
    balance: fields.balance,
    ...(engine === undefined
      ? {}
      : {
          engine: {
            name: engine,
            options: enginePaths(fields.options, base),
            ...(fields.dialect === undefined ? {} : { dialect: fields.dialect }),
          },
        }),
    ...(fields.restart ? { restart: true } : {}),
    ...(fields.preflight ? { preflight: true } : {}),
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    ...(model === undefined ? {} : { model }),
    headers: fields.headers,
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
    ...(gpus === undefined ? {} : { gpus }),
    transport: grpcDialects.includes(dialect) ? 'grpc' : fields.transport,
    connections: fields.connections,
    timeoutS: secondsOf(fields.timeout) ?? 600,
    ...(tokenizer === undefined ? {} : { tokenizer: resolve(base, tokenizer) }),
    body: fields.body,
  }
}

/** Options of engines that may hold a path: they are relative to the study, like every path in it. */
const pathOptions = ['gguf', 'model', 'binary', 'python'] as const

function enginePaths(options: TargetFields['options'], base: string): Readonly<Record<string, unknown>> {
  const paths = pathOptions.flatMap((name) => {
    const value = options?.[name]
    // A model may also be a name; a program may also be one of PATH.
    const isPath =
      typeof value === 'string' && (name === 'gguf' || /^\.\.?\//.test(value) || value.endsWith('.gguf'))
    return isPath ? [[name, resolve(base, value)]] : []
  })
  return { ...options, ...Object.fromEntries(paths) }
}

function resolveWorkload(fields: WorkloadFields, base: string): WorkloadSpec {
  const { sampling, promptMode, promptsPerRequest, tokenizer, size } = fields
  return {
    name: fields.name ?? fields.source,
    source: sourceOf(fields, base),
    outputMode: fields.output?.mode ?? 'exact',
    sampling: known({ temperature: 0, ...sampling }),
    ...(promptMode === undefined ? {} : { promptMode }),
    ...(promptsPerRequest === undefined || promptsPerRequest === 1 ? {} : { promptsPerRequest }),
    ...(tokenizer === undefined ? {} : { tokenizer: resolve(base, tokenizer) }),
    ...(size === undefined ? {} : { size }),
  }
}

/** The settings that were given. */
function known(sampling: { readonly [K in keyof Sampling]?: Sampling[K] | undefined }): Sampling {
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined))
}

function sourceOf(fields: WorkloadFields, base: string): WorkloadSource {
  const output = fields.output?.tokens === undefined ? undefined : lengthOf(fields.output.tokens)
  switch (fields.source) {
    case 'synthetic': {
      const prompt = fields.prompt === undefined ? defaultInput : lengthOf(fields.prompt.tokens)
      return { kind: 'synthetic', prompt, output: output ?? defaultOutput }
    }
    case 'jsonl': {
      const path = resolve(base, fields.path ?? '')
      return { kind: 'jsonl', path, ...(output === undefined ? {} : { output }) }
    }
    case 'sample':
      return { kind: 'sample', ...(output === undefined ? {} : { output }) }
    default:
      return fields.source satisfies never
  }
}

function lengthOf(fields: LengthFields): LengthDistribution {
  if (typeof fields === 'number') return { kind: 'fixed', tokens: fields }
  if ('uniform' in fields) return { kind: 'uniform', min: fields.uniform[0], max: fields.uniform[1] }
  const { mean, sd, min = 1, max = Math.max(min, Math.ceil(mean + 4 * sd)) } = fields.normal
  return { kind: 'normal', mean, sd, min, max }
}
