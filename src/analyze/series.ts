import type { Series } from '../model/report.ts'
import { thinnedCdf } from '../stats/cdf.ts'
import type { MeasuredRun } from './measure.ts'
import { timeSeries } from './time-series.ts'

/** Metric id → id of the curve of its distribution. */
const cdfs: Readonly<Record<string, string>> = {
  ttft: 'ttft-cdf',
  itl: 'itl-cdf',
  tpot: 'tpot-cdf',
  'e2e-latency': 'e2e-cdf',
}

/** The curves of a run: distributions of its latencies from `sent`, and the run over time. */
export function seriesOf({ data, window, distributions }: MeasuredRun): Series[] {
  const run = data.run.id
  const curves = distributions.flatMap(({ metric, from, samples }) => {
    const id = cdfs[metric.id]
    return id === undefined || from !== 'sent' ? [] : [{ run, id, ...thinnedCdf(samples) }]
  })
  const originNs = window?.startNs ?? 0
  return [...curves, ...timeSeries(run, data.records, originNs)]
}
