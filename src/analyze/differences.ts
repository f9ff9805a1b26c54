import { e2eLatency } from '../metrics/e2e-latency.ts'
import { measuredPhase } from '../metrics/measured-phase.ts'
import { tpot } from '../metrics/tpot.ts'
import { ttft } from '../metrics/ttft.ts'
import type { RequestMetric } from '../model/metric.ts'
import type { Difference } from '../model/report.ts'
import type { RunData } from '../model/run-data.ts'
import { needed, quantileInterval } from '../stats/interval.ts'
import { quantile } from '../stats/quantile.ts'
import { type SortedSamples, sortSamples } from '../stats/samples.ts'

const compared: readonly RequestMetric[] = [ttft, tpot, e2eLatency]
const median = 0.5

/**
 * Every target against the study's first, under the same workload, load and repeat. All targets replay the same requests,
 * so values are paired by request: the median of what the target took more for it, and of its ratio, each with a
 * distribution-free 95 % interval. Pairs are taken as independent, so a drift of the machine between two runs is not
 * in the interval. Nothing is said of fewer pairs than such an interval needs.
 */
export function differencesOf(runs: readonly RunData[]): Difference[] {
  const [first] = runs
  if (first === undefined) return []
  const against = first.run.cell.target.name
  const cells = new Map<string, RunData[]>()
  for (const data of runs) {
    const { target, workload, load } = data.run.cell
    const key = JSON.stringify([target.name, workload.name, load.name])
    cells.set(key, [...(cells.get(key) ?? []), data])
  }
  return [...cells.entries()].flatMap(([key, own]) => {
    const [target, workload, load] = JSON.parse(key) as [string, string, string]
    const others = cells.get(JSON.stringify([against, workload, load]))
    if (target === against || others === undefined) return []
    return compared.flatMap((metric) => difference(metric, { target, against, workload, load }, own, others))
  })
}

function difference(
  metric: RequestMetric,
  where: Pick<Difference, 'target' | 'against' | 'workload' | 'load'>,
  own: readonly RunData[],
  others: readonly RunData[],
): Difference[] {
  const more: number[] = []
  const ratios: number[] = []
  for (const data of own) {
    const { run } = data
    const other = others.find(
      (one) => one.run.cell.repeat === run.cell.repeat && one.run.workload.sha256 === run.workload.sha256,
    )
    if (other === undefined) continue
    const before = valuesOf(metric, other)
    for (const [index, value] of valuesOf(metric, data)) {
      const base = before.get(index)
      if (base === undefined) continue
      more.push(value - base)
      if (base > 0) ratios.push(value / base)
    }
  }
  const differences = enough(more)
  if (differences === undefined) return []
  const ratio = enough(ratios)
  return [
    {
      ...where,
      metric: metric.id,
      unit: metric.unit,
      pairs: more.length,
      ...estimate(differences),
      ...(ratio === undefined ? {} : { ratio: estimate(ratio) }),
    },
  ]
}

/** The value of each measured request that has exactly one. */
function valuesOf(metric: RequestMetric, { records }: RunData): Map<number, number> {
  const values = new Map<number, number>()
  for (const record of records) {
    if (record.phase !== measuredPhase) continue
    const own: number[] = []
    metric.collect(record, 'sent', own)
    const [only, second] = own
    if (only !== undefined && second === undefined) values.set(record.index, only)
  }
  return values
}

function enough(values: readonly number[]): SortedSamples | undefined {
  return values.length < needed(median) ? undefined : sortSamples(Float64Array.from(values))
}

function estimate(samples: SortedSamples): Pick<Difference, 'value' | 'interval'> {
  const value = quantile(samples, median)
  const { low, high } = quantileInterval(samples, median) ?? { low: value, high: value }
  return { value, interval: { low, high } }
}
