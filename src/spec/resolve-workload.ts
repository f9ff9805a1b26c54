import { resolve } from 'node:path'
import type { LengthDistribution } from '../model/length.ts'
import type { Sampling, WorkloadSpec } from '../model/workload.ts'
import { type CacheContract, ladderSteps, type WorkloadSource } from '../model/workload-source.ts'
import { secondsOf, shareOf } from './quantities.ts'
import type { LengthFields } from './schema.ts'
import type { WorkloadFields } from './workload-schema.ts'

const defaultInput: LengthDistribution = { kind: 'fixed', tokens: 128 }
const defaultTurns: LengthDistribution = { kind: 'fixed', tokens: 4 }
const defaultOutput: LengthDistribution = { kind: 'fixed', tokens: 64 }

/** A workload with its defaults. */
export function resolveWorkload(fields: WorkloadFields, base: string): WorkloadSpec {
  const { sampling, promptMode, promptsPerRequest, tokenizer, size, context } = fields
  return {
    name: fields.name ?? fields.source,
    source: sourceOf(fields, base),
    outputMode: fields.output?.mode ?? 'exact',
    sampling: known<Sampling>({ temperature: 0, ...sampling }),
    ...(promptMode === undefined ? {} : { promptMode }),
    ...(promptsPerRequest === undefined || promptsPerRequest === 1 ? {} : { promptsPerRequest }),
    ...(tokenizer === undefined ? {} : { tokenizer: tokenizerName(tokenizer, base) }),
    ...(size === undefined ? {} : { size }),
    ...(context === undefined ? {} : { context }),
  }
}

/** A path is relative to the study; names of encodings and URLs are not. */
export function tokenizerName(written: string, base: string): string {
  return /^(tiktoken:|https?:\/\/)/.test(written) ? written : resolve(base, written)
}

/** The settings that were given. */
function known<T extends object>(fields: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function sourceOf(fields: WorkloadFields, base: string): WorkloadSource {
  const kind = fields.source
  const { columns, split, pick, instruction, bands, history, salt, system, timeScale, window } = fields
  const tokens = fields.output?.tokens
  const output = tokens === undefined ? undefined : lengthOf(tokens)
  const thinkMs =
    fields.thinkTime === undefined ? undefined : Math.round((secondsOf(fields.thinkTime) ?? 0) * 1000)
  const prompt = fields.prompt === undefined ? defaultInput : lengthOf(fields.prompt.tokens)
  const file = { path: resolve(base, fields.path ?? ''), output }
  const style = fields.prompt?.style
  switch (kind) {
    case 'synthetic': {
      const pairs = fields.pairs?.map(([input, answer, weight = 1]) => ({
        prompt: input,
        output: answer,
        weight,
      }))
      const words = style === 'questions' ? undefined : style
      return known<WorkloadSource>({ kind, prompt, output: output ?? defaultOutput, style: words, pairs })
    }
    case 'shared-prefix': {
      const levels = [fields.prefix ?? { tokens: 512, pool: 1 }].flat()
      const cache = cacheOf(fields.cache)
      return known<WorkloadSource>({
        kind,
        prompt,
        output: output ?? defaultOutput,
        levels,
        cache,
        salt,
        system,
      })
    }
    case 'synthetic-conversations': {
      const turns = fields.turns === undefined ? defaultTurns : lengthOf(fields.turns)
      const drawn = { prompt, output: output ?? defaultOutput, turns }
      return known<WorkloadSource>({ kind, ...drawn, history, thinkMs })
    }
    case 'ladder':
      return {
        kind,
        steps: fields.steps ?? ladderSteps,
        style: style === 'words' ? 'words' : 'questions',
        output: output ?? { kind: 'fixed', tokens: 256 },
      }
    case 'sample':
      return known<WorkloadSource>({ kind, output })
    case 'jsonl':
    case 'parquet':
    case 'csv':
    case 'hf-folder':
      return known<WorkloadSource>({ kind, ...file, columns, split })
    case 'openai-batch':
    case 'bodies':
    case 'tinystories':
      return known<WorkloadSource>({ kind, ...file })
    case 'cnn-dailymail':
      return known<WorkloadSource>({ kind, ...file, instruction })
    case 'longbench':
      return known<WorkloadSource>({ kind, ...file, bands })
    case 'sharegpt':
      return known<WorkloadSource>({
        kind,
        ...file,
        take: fields.take ?? 'first-turn',
        pick,
        history,
        thinkMs,
      })
    case 'conversations':
      return known<WorkloadSource>({ kind, ...file, history, thinkMs })
    case 'mooncake':
    case 'burstgpt':
    case 'azure-trace':
    case 'bailian':
    case 'trace-csv':
      return known<WorkloadSource>({ kind, path: file.path, timeScale, window: windowOf(window) })
    case 'frozen':
      return { kind, path: file.path }
    default:
      return kind satisfies never
  }
}

function cacheOf(written: WorkloadFields['cache']): CacheContract {
  if (written === undefined) return { kind: 'warm' }
  return typeof written === 'string'
    ? { kind: written }
    : { kind: 'hit-rate', share: shareOf(written.hitRate) ?? 0 }
}

function windowOf(written: WorkloadFields['window']): { fromS: number; toS?: number } | undefined {
  if (written === undefined) return undefined
  const toS = written.to === undefined ? undefined : secondsOf(written.to)
  return { fromS: secondsOf(written.from) ?? 0, ...(toS === undefined ? {} : { toS }) }
}

/** Without bounds: from 1 to where nothing to speak of lies beyond. */
function lengthOf(fields: LengthFields): LengthDistribution {
  if (typeof fields === 'number') return { kind: 'fixed', tokens: fields }
  if ('uniform' in fields) return { kind: 'uniform', min: fields.uniform[0], max: fields.uniform[1] }
  if ('histogram' in fields) return { kind: 'histogram', bins: fields.histogram }
  if ('normal' in fields) {
    const { mean, sd, min = 1, max = Math.max(min, Math.ceil(mean + 4 * sd)) } = fields.normal
    return { kind: 'normal', mean, sd, min, max }
  }
  if ('lognormal' in fields) {
    const { median, sigma, min = 1, max = unbounded } = fields.lognormal
    return { kind: 'lognormal', median, sigma, min, max }
  }
  if ('exponential' in fields) {
    const { mean, min = 1, max = unbounded } = fields.exponential
    return { kind: 'exponential', mean, min, max }
  }
  if ('capped-exponential' in fields) {
    const { mean, min = 1, max } = fields['capped-exponential']
    return { kind: 'capped-exponential', mean, min, max }
  }
  const { shape, mean, min = 1, max = unbounded } = fields.gamma
  return { kind: 'gamma', shape, mean, min, max }
}

/** The longest length there is. */
const unbounded = 10_000_000
