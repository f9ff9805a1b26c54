import type {
  CounterGrowth,
  MetricSample,
  MetricSpellings,
  ServerMetricName,
} from '../../model/server-kind.ts'
import { readingsOf } from './readings.ts'

/** Counters whose growth is compared; a metric that is a gauge is none. */
const counters = ['prompt-tokens', 'generated-tokens', 'requests-finished', 'cached-tokens'] as const

/**
 * Differences of two readings. A series that is missing from the first one began at 0: labelled series appear with
 * their first use.
 */
export function counterGrowth(
  before: readonly MetricSample[],
  after: readonly MetricSample[],
  spellings: MetricSpellings,
): CounterGrowth {
  if (hasRestarted(before, after)) return { kind: 'restarted' }
  const first = new Map(readingsOf(before, spellings).map(({ metric, value }) => [metric, value]))
  const by: { [name in ServerMetricName]?: number } = {}
  for (const { metric, value } of readingsOf(after, spellings)) {
    if (value === undefined || !(counters as readonly string[]).includes(metric)) continue
    const growth = value - (first.get(metric) ?? 0)
    if (growth < 0) return { kind: 'restarted' }
    by[metric] = growth
  }
  return { kind: 'grown', by }
}

/** When a process began, or one of its series: another instant of the same series means another process. */
function hasRestarted(before: readonly MetricSample[], after: readonly MetricSample[]): boolean {
  const births = new Map(before.filter(isBirth).map((sample) => [seriesKey(sample), sample.value]))
  return after.some((sample) => {
    const birth = isBirth(sample) ? births.get(seriesKey(sample)) : undefined
    return birth !== undefined && birth !== sample.value
  })
}

function isBirth({ name }: MetricSample): boolean {
  return name === 'process_start_time_seconds' || name.endsWith('_created')
}

function seriesKey({ name, labels }: MetricSample): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
}
