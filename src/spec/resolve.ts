import { dirname, resolve } from 'node:path'
import { grpcDialects } from '../model/dialect.ts'
import type { Study } from '../model/study.ts'
import type { Target } from '../model/target.ts'
import { dialectOf, readUrl } from './endpoint-url.ts'
import { secondsOf, shareOf } from './quantities.ts'
import { resolveLoad } from './resolve-load.ts'
import { resolveWorkload, tokenizerName } from './resolve-workload.ts'
import type { LoadFields, StudyFields, TargetFields } from './schema.ts'
import type { WorkloadFields } from './workload-schema.ts'

const defaultLoad: LoadFields = { concurrency: 8, drain: 30, maxInFlight: 10_000 }
const defaultWorkload: WorkloadFields = { source: 'synthetic' }

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
    ...(tokenizer === undefined ? {} : { tokenizer: tokenizerName(tokenizer, base) }),
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
