import type { LengthDistribution } from '../model/length.ts'
import type { Load, Pacing, PhaseLimit } from '../model/load.ts'
import type { WorkloadSpec } from '../model/workload.ts'
import type { WorkloadSource } from '../model/workload-source.ts'

function describePacing(pacing: Pacing): string {
  switch (pacing.kind) {
    case 'concurrency':
      return `${pacing.concurrency} at a time`
    case 'users':
      return `${pacing.users} users${pacing.rampS > 0 ? ` over ${pacing.rampS} s` : ''}`
    case 'poisson':
      return `Poisson ${pacing.ratePerSecond}/s`
    case 'constant':
      return `constant ${pacing.ratePerSecond}/s`
    case 'burst':
      return `burst of ${pacing.burst}`
    default:
      return pacing satisfies never
  }
}

function describeLimit({ requests, durationS }: PhaseLimit): string | undefined {
  const parts = [
    ...(requests === undefined ? [] : [`${requests} ${requests === 1 ? 'request' : 'requests'}`]),
    ...(durationS === undefined ? [] : [`${durationS} s`]),
  ]
  return parts.length === 0 ? undefined : parts.join(' or ')
}

/** A load in one line for people: "8 at a time, 200 requests", "Poisson 5/s for 20 s", "burst of 100". */
export function describeLoad(load: Load): string {
  const limit = describeLimit(load.until)
  const warmup = describeLimit(load.warmup)
  // A burst says how many requests there are.
  const ends = limit === undefined || load.pacing.kind === 'burst' ? '' : limit
  const joint = load.until.requests === undefined ? ' for ' : ', '
  return [
    describePacing(load.pacing),
    ends === '' ? '' : `${joint}${ends}`,
    warmup === undefined ? '' : `, after ${warmup} of warm-up`,
  ].join('')
}

function describeLength(length: LengthDistribution): string {
  switch (length.kind) {
    case 'fixed':
      return String(length.tokens)
    case 'uniform':
      return `${length.min} to ${length.max}`
    case 'normal':
      return `${length.mean} ± ${length.sd}`
    case 'lognormal':
      return `log-normal around ${length.median}`
    case 'exponential':
    case 'gamma':
      return `${length.kind}, mean ${length.mean}`
    case 'capped-exponential':
      return `exponential, mean ${length.mean}, up to ${length.max},`
    case 'histogram':
      return `${length.bins.length} bins`
    default:
      return length satisfies never
  }
}

function describeSource(source: WorkloadSource): string {
  switch (source.kind) {
    case 'synthetic':
      return source.pairs === undefined
        ? `synthetic, ${describeLength(source.prompt)} in`
        : `synthetic, ${source.pairs.length} pairs of lengths`
    case 'shared-prefix':
      return `shared beginnings, ${describeLength(source.prompt)} in`
    case 'synthetic-conversations':
      return `conversations of ${describeLength(source.turns)} turns, ${describeLength(source.prompt)} in each`
    case 'ladder':
      return `ladder of ${source.steps.join(', ')}`
    case 'sample':
      return 'built-in sample'
    default:
      return source.path.replace(/^.*[\\/]/, '')
  }
}

/** A workload in one line for people: "synthetic, 128 in / 64 out (exact)". */
export function describeWorkload({ source, outputMode }: WorkloadSpec): string {
  const isOwn = source.output === undefined || (source.kind === 'synthetic' && source.pairs !== undefined)
  const output = isOwn ? 'own output lengths' : `${describeLength(source.output)} out`
  return `${describeSource(source)} / ${outputMode === 'exact' ? `${output} (exact)` : `up to ${output}`}`
}
