import { itl } from '../../metrics/itl.ts'
import { ttft } from '../../metrics/ttft.ts'
import type { RequestMetric } from '../../model/metric.ts'
import type { RequestRecord } from '../../model/record.ts'
import { quantile } from '../../stats/quantile.ts'
import { sortSamples } from '../../stats/samples.ts'

/** A typical value needs no more values than this: a run may hold a hundred million gaps. */
const enough = 200_000

/** The median over every k-th record, so that about `enough` of `count` values are looked at. */
function medianOf(
  metric: RequestMetric,
  records: readonly RequestRecord[],
  count: number,
): number | undefined {
  const every = Math.max(1, Math.ceil(count / enough))
  const values: number[] = []
  records.forEach((record, i) => {
    if (i % every === 0) metric.collect(record, 'sent', values)
  })
  const samples = sortSamples(Float64Array.from(values))
  return samples === undefined ? undefined : quantile(samples, 0.5)
}

/** Median TTFT (ms) of records; absent when none gives one. What errors of the client are held against. */
export function typicalTtftMs(records: readonly RequestRecord[]): number | undefined {
  return medianOf(ttft, records, records.length)
}

/** Median gap between events (ms) of records; absent when there is none. */
export function typicalItlMs(records: readonly RequestRecord[]): number | undefined {
  const events = records.reduce((sum, record) => sum + record.events.atNs.length, 0)
  return medianOf(itl, records, events)
}
