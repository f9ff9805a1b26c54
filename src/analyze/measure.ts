import { delivers } from '../metrics/delivery.ts'
import { metrics } from '../metrics/index.ts'
import { isCompleted } from '../metrics/instants.ts'
import { measuredPhase } from '../metrics/measured-phase.ts'
import { sourceOfCounts } from '../metrics/token-counts.ts'
import { isOpen } from '../model/load.ts'
import type { PhaseMetric, PhaseWindow, RequestMetric } from '../model/metric.ts'
import type { RequestRecord, TokenSource } from '../model/record.ts'
import type { RunData } from '../model/run-data.ts'
import type { Groups } from '../stats/effective-size.ts'
import { type SortedSamples, sortSamples } from '../stats/samples.ts'
import { measuredWindow } from './window.ts'

/** Where the token counts behind a number come from. */
export type CountSource = TokenSource | 'mixed'

/** All values of one request metric in one run. */
export interface Distribution {
  readonly metric: RequestMetric
  readonly from: 'sent' | 'intended'
  readonly samples: SortedSamples
  /** The same values, request by request; absent when no request has more than one. */
  readonly groups: Groups | undefined
  readonly source: CountSource | undefined
}

/** The value of one phase metric in one run. */
export interface Rate {
  readonly metric: PhaseMetric
  readonly value: number
  readonly n: number
  readonly source: CountSource | undefined
}

/** A run in numbers, before they become results. */
export interface MeasuredRun {
  readonly data: RunData
  /** Absent when the measured phase did nothing. */
  readonly window: PhaseWindow | undefined
  readonly distributions: readonly Distribution[]
  readonly rates: readonly Rate[]
}

/** Values taken from a metric before they are moved out of its list: keeps the list small whatever a run holds. */
const batch = 16_384

/** The values a metric has over the records: sorted, and by request when a request has several. */
function collect(
  metric: RequestMetric,
  from: 'sent' | 'intended',
  records: readonly RequestRecord[],
): Pick<Distribution, 'samples' | 'groups'> | undefined {
  let values = new Float64Array(batch)
  let count = 0
  let fresh: number[] = []
  let several = false
  const move = () => {
    if (count + fresh.length > values.length) {
      const larger = new Float64Array(2 * (count + fresh.length))
      larger.set(values.subarray(0, count))
      values = larger
    }
    values.set(fresh, count)
    count += fresh.length
    fresh = []
  }
  for (const record of records) {
    const before = fresh.length
    metric.collect(record, from, fresh)
    several ||= fresh.length > before + 1
    if (fresh.length >= batch) move()
  }
  move()
  const samples = sortSamples(values.slice(0, count))
  // Collected again when asked for: keeping a second copy would double the memory of a run.
  const groups = function* () {
    for (const record of records) {
      const own: number[] = []
      metric.collect(record, from, own)
      if (own.length > 0) yield own
    }
  }
  return samples === undefined ? undefined : { samples, groups: several ? groups : undefined }
}

/**
 * Applies every metric to a run. Values from `intended` exist for open loops only. Metrics of single requests leave the
 * `excluded` ones out; those of the phase are about all it did.
 */
export function measureRun(data: RunData, excluded?: ReadonlySet<RequestRecord>): MeasuredRun {
  const { run, records } = data
  const window = measuredWindow(run, records)
  const own = records.filter((record) => record.phase === measuredPhase && excluded?.has(record) !== true)
  const completed = own.filter(isCompleted)
  const delivered = records.filter(delivers)
  const open = isOpen(run.cell.load.pacing)
  const distributions: Distribution[] = []
  const rates: Rate[] = []
  for (const metric of metrics) {
    const counts = metric.counts ?? []
    if (metric.kind === 'request') {
      for (const from of metric.from) {
        if (from === 'intended' && !open) continue
        const collected = collect(metric, from, own)
        if (collected === undefined) continue
        distributions.push({ metric, from, ...collected, source: sourceOfCounts(completed, counts) })
      }
    } else if (window !== undefined) {
      const rate = metric.value(records, window, run.cell.target.gpus)
      if (rate !== undefined) rates.push({ metric, ...rate, source: sourceOfCounts(delivered, counts) })
    }
  }
  return { data, window, distributions, rates }
}
