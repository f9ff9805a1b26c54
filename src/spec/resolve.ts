import { dirname, resolve } from 'node:path'
import type { Load, Pacing, PhaseLimit } from '../model/load.ts'
import type { Study } from '../model/study.ts'
import type { Target } from '../model/target.ts'
import type { LengthDistribution, WorkloadSource, WorkloadSpec } from '../model/workload.ts'
import type { LengthFields, LoadFields, StudyFields, TargetFields, WorkloadFields } from './schema.ts'

/** Requests of a load that states neither requests nor duration. */
const defaultRequests = 200
const defaultLoad = { concurrency: 8, drain: 30, maxInFlight: 10_000 } as const
const defaultWorkload = { source: 'synthetic', output: { mode: 'exact' }, temperature: 0 } as const
const defaultInput: LengthDistribution = { kind: 'fixed', tokens: 128 }
const defaultOutput: LengthDistribution = { kind: 'fixed', tokens: 64 }
const unitsInSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

/** Fills in what the user left out. `file`: relative paths start beside it. */
export function resolveStudy(fields: StudyFields, file: string | undefined, fallbackName: string): Study {
  const base = file === undefined ? process.cwd() : dirname(file)
  const { maxTokensTotal, abortOnErrors } = fields
  return {
    name: fields.name ?? fallbackName,
    seed: fields.seed,
    repeats: fields.repeats,
    capture: fields.capture,
    targets: unique(fields.targets.map((target) => resolveTarget(target, base))),
    workloads: unique(
      (fields.workloads ?? [defaultWorkload]).map((workload) => resolveWorkload(workload, base)),
    ),
    loads: unique((fields.loads ?? [defaultLoad]).map(resolveLoad)),
    limits: {
      ...(maxTokensTotal === undefined ? {} : { maxTokensTotal }),
      ...(abortOnErrors === undefined ? {} : { abortOnErrors: shareOf(abortOnErrors) }),
    },
  }
}

function resolveTarget(fields: TargetFields, base: string): Target {
  const urls = (fields.urls ?? (fields.url === undefined ? [] : [fields.url])).map(completeUrl)
  const { model, apiKeyEnv, gpus, tokenizer } = fields
  return {
    name: fields.name ?? fields.engine ?? hostOf(urls[0] ?? ''),
    dialect: fields.dialect,
    urls,
    ...(fields.engine === undefined
      ? {}
      : { engine: { name: fields.engine, options: enginePaths(fields.options, base) } }),
    ...(model === undefined ? {} : { model }),
    headers: fields.headers,
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
    ...(gpus === undefined ? {} : { gpus }),
    connections: fields.connections,
    timeoutS: secondsOf(fields.timeout),
    ...(tokenizer === undefined ? {} : { tokenizer: resolve(base, tokenizer) }),
    body: fields.body,
  }
}

/** A model file of the embedded engine is given relative to the study, like every path in it. */
function enginePaths(options: TargetFields['options'], base: string): Readonly<Record<string, unknown>> {
  const { gguf } = options ?? {}
  return { ...options, ...(typeof gguf === 'string' ? { gguf: resolve(base, gguf) } : {}) }
}

/** Accepts `host:port` for a URL. */
export function completeUrl(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}

function resolveWorkload(fields: WorkloadFields, base: string): WorkloadSpec {
  const { topP, samplingSeed, stop, tokenizer, size } = fields
  return {
    name: fields.name ?? fields.source,
    source: sourceOf(fields, base),
    outputMode: fields.output.mode,
    sampling: {
      temperature: fields.temperature,
      ...(topP === undefined ? {} : { topP }),
      ...(samplingSeed === undefined ? {} : { seed: samplingSeed }),
      ...(stop === undefined ? {} : { stop }),
    },
    ...(tokenizer === undefined ? {} : { tokenizer: resolve(base, tokenizer) }),
    ...(size === undefined ? {} : { size }),
  }
}

function sourceOf(fields: WorkloadFields, base: string): WorkloadSource {
  const output = fields.output.tokens === undefined ? undefined : lengthOf(fields.output.tokens)
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
  const { mean, sd, min = 1, max = Math.ceil(mean + 4 * sd) } = fields.normal
  return { kind: 'normal', mean, sd, min, max }
}

function resolveLoad(fields: LoadFields): Load {
  const pacing = pacingOf(fields)
  const { requests, duration } = fields
  const until: PhaseLimit =
    pacing.kind === 'burst'
      ? { requests: pacing.burst }
      : {
          ...(requests === undefined && duration === undefined ? { requests: defaultRequests } : {}),
          ...(requests === undefined ? {} : { requests }),
          ...(duration === undefined ? {} : { durationS: secondsOf(duration) }),
        }
  return {
    name: fields.name ?? nameOf(pacing),
    pacing,
    until,
    warmup: fields.warmup === undefined ? defaultWarmup(pacing) : limitOf(fields.warmup),
    drainS: secondsOf(fields.drain),
    maxInFlight: fields.maxInFlight,
  }
}

function limitOf(fields: NonNullable<LoadFields['warmup']>): PhaseLimit {
  const { requests, duration } = fields
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(duration === undefined ? {} : { durationS: secondsOf(duration) }),
  }
}

function pacingOf(fields: LoadFields): Pacing {
  const { concurrency, users, rate, burst } = fields
  if (users !== undefined)
    return { kind: 'users', users, rampS: fields.ramp === undefined ? 0 : secondsOf(fields.ramp) }
  if (rate !== undefined) return { kind: fields.arrivals ?? 'poisson', ratePerSecond: rate }
  if (burst !== undefined) return { kind: 'burst', burst }
  return { kind: 'concurrency', concurrency: concurrency ?? defaultLoad.concurrency }
}

function defaultWarmup(pacing: Pacing): PhaseLimit {
  switch (pacing.kind) {
    case 'concurrency':
      return { requests: pacing.concurrency }
    case 'users':
      return { requests: pacing.users }
    case 'burst':
    case 'constant':
    case 'poisson':
      return {}
    default:
      return pacing satisfies never
  }
}

function nameOf(pacing: Pacing): string {
  switch (pacing.kind) {
    case 'concurrency':
      return `c${pacing.concurrency}`
    case 'users':
      return pacing.rampS === 0 ? `u${pacing.users}` : `u${pacing.users}-ramp${pacing.rampS}`
    case 'constant':
    case 'poisson':
      return `${pacing.kind}-${pacing.ratePerSecond}`
    case 'burst':
      return `burst-${pacing.burst}`
    default:
      return pacing satisfies never
  }
}

function secondsOf(duration: number | string): number {
  if (typeof duration === 'number') return duration
  const [, amount, unit] = /^\s*([\d.]+)\s*([a-z]+)\s*$/.exec(duration) ?? []
  return Number(amount) * (unitsInSeconds[unit ?? ''] ?? Number.NaN)
}

function shareOf(share: number | string): number {
  return typeof share === 'number' ? share : Number.parseFloat(share) / 100
}

/** Names that were made up here are told apart by a number. */
function unique<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const taken = new Set<string>()
  return items.map((item) => {
    let name = item.name
    for (let n = 2; taken.has(name); n++) name = `${item.name}-${n}`
    taken.add(name)
    return { ...item, name }
  })
}
