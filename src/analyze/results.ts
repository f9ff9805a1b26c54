import { metrics } from '../metrics/index.ts'
import { measuredPhaseName } from '../metrics/measured-phase.ts'
import type { PhaseMetric } from '../model/metric.ts'
import type { Result } from '../model/report.ts'
import { effectiveSizes, type Groups } from '../stats/effective-size.ts'
import { needed, quantileInterval } from '../stats/interval.ts'
import { mean } from '../stats/mean.ts'
import { quantile } from '../stats/quantile.ts'
import { maxOf, mergeSamples, minOf } from '../stats/samples.ts'
import type { CountSource, Distribution, MeasuredRun, Rate } from './measure.ts'

/** The quantiles of every request metric. */
const quantiles = [0.5, 0.9, 0.95, 0.99] as const

type Cell = Pick<Result, 'target' | 'workload' | 'load' | 'phase' | 'repeat'>

function merged(sources: readonly (CountSource | undefined)[]): CountSource | undefined {
  const known = new Set(sources.filter((source) => source !== undefined))
  return known.size > 1 ? 'mixed' : [...known][0]
}

function sourceField(source: CountSource | undefined): { readonly source?: CountSource } {
  return source === undefined ? {} : { source }
}

function ofDistribution(cell: Cell, { metric, from, samples, groups, source }: Distribution): Result[] {
  const n = samples.length
  const values = quantiles.map((q) => quantile(samples, q))
  const sizes = groups === undefined ? [] : effectiveSizes(samples, groups, values)
  const head = { metric: metric.id, from, ...cell, unit: metric.unit, n, ...sourceField(source) }
  const average = mean(samples)
  return [
    ...(average === undefined ? [] : [{ ...head, stat: 'mean', value: average } as const]),
    { ...head, stat: 'min', value: minOf(samples) },
    { ...head, stat: 'max', value: maxOf(samples) },
    ...quantiles.map((q, i): Result => {
      const value = values[i]
      const interval = quantileInterval(samples, q, sizes[i])
      return value === undefined || interval === undefined
        ? { ...head, stat: 'quantile', q, withheld: { needs: needed(q) } }
        : { ...head, stat: 'quantile', q, value, interval }
    }),
  ]
}

function ofRate(cell: Cell, rate: Rate, stat: 'value' | 'mean'): Result {
  const { metric, value, n, source } = rate
  return {
    metric: metric.id,
    from: 'phase',
    ...cell,
    stat,
    value,
    unit: metric.unit,
    n,
    ...sourceField(source),
  }
}

/** The values of all repeats together, in the order of the metric table. */
function pooledDistributions(runs: readonly MeasuredRun[]): Distribution[] {
  const all = runs.flatMap((run) => run.distributions)
  return metrics.flatMap((metric) => {
    if (metric.kind !== 'request') return []
    return metric.from.flatMap((from): Distribution[] => {
      const parts = all.filter((part) => part.metric === metric && part.from === from)
      const samples = mergeSamples(parts.map((part) => part.samples))
      if (samples === undefined) return []
      const source = merged(parts.map((part) => part.source))
      return [{ metric, from, samples, groups: joined(parts), source }]
    })
  })
}

/** The groups of several runs, one after the other; a run without any has requests with one value each. */
function joined(parts: readonly Distribution[]): Groups | undefined {
  if (parts.every((part) => part.groups === undefined)) return undefined
  return function* () {
    for (const { groups, samples } of parts) {
      if (groups !== undefined) yield* groups()
      else for (const value of samples) yield [value]
    }
  }
}

/** Mean over the repeats that have a value; n is their number. */
function pooledRate(metric: PhaseMetric, runs: readonly MeasuredRun[]): Rate[] {
  const parts = runs.flatMap((run) => run.rates).filter((rate) => rate.metric === metric)
  const value = mean(parts.map((part) => part.value))
  return value === undefined
    ? []
    : [{ metric, value, n: parts.length, source: merged(parts.map((part) => part.source)) }]
}

/**
 * Results of the repeats of one target × workload × load: rows of each repeat, then one set of `pooled` rows (also
 * of a single repeat, so that readers have one place). Pooled distributions hold the values of all repeats; a pooled
 * rate has stat `mean` and n = repeats.
 */
export function resultsOf(runs: readonly MeasuredRun[]): Result[] {
  const [first] = runs
  if (first === undefined) return []
  const { target, workload, load } = first.data.run.cell
  const names = { target: target.name, workload: workload.name, load: load.name, phase: measuredPhaseName }
  const latencies = runs.flatMap((run) => {
    const cell: Cell = { ...names, repeat: run.data.run.cell.repeat }
    return run.distributions.flatMap((part) => ofDistribution(cell, part))
  })
  const rates = runs.flatMap((run) => {
    const cell: Cell = { ...names, repeat: run.data.run.cell.repeat }
    return run.rates.map((rate) => ofRate(cell, rate, 'value'))
  })
  const pooled: Cell = { ...names, repeat: 'pooled' }
  return [
    ...latencies,
    ...rates,
    ...(runs.length === 1
      ? latencies.map((result): Result => ({ ...result, repeat: 'pooled' }))
      : pooledDistributions(runs).flatMap((part) => ofDistribution(pooled, part))),
    ...metrics.flatMap((metric) =>
      metric.kind === 'phase' ? pooledRate(metric, runs).map((rate) => ofRate(pooled, rate, 'mean')) : [],
    ),
  ]
}
