import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serverKinds } from '../engines/servers/index.ts'
import type { CounterGrowth, MetricSample, MetricSpellings, ServerMetricName } from '../model/server-kind.ts'
import { runPaths } from '../store/layout.ts'
import { counterGrowth } from '../telemetry/server-metrics/difference.ts'
import { parseMetrics } from '../telemetry/server-metrics/parse.ts'
import { readingsOf } from '../telemetry/server-metrics/readings.ts'

/** How the engine that wrote a page spells its metrics: the engine of which the page has most. */
export function spellingsOf(samples: readonly MetricSample[]): MetricSpellings {
  let best: MetricSpellings = {}
  let most = 0
  for (const { metrics } of serverKinds) {
    const found = metrics === undefined ? 0 : readingsOf(samples, metrics.names).length
    if (metrics === undefined || found <= most) continue
    best = metrics.names
    most = found
  }
  return best
}

/** How much the counters of a run's endpoints grew together; `undefined` when no page was kept. */
export async function readServerGrowth(
  runFolder: string,
  endpoints: number,
): Promise<CounterGrowth | undefined> {
  const { server } = runPaths(runFolder)
  const read = async (endpoint: number, when: string) => {
    const page = await readFile(join(server, `metrics-${endpoint}-${when}.txt`), 'utf8').catch(
      () => undefined,
    )
    return page === undefined ? undefined : parseMetrics(page)
  }
  const pages = await Promise.all(
    Array.from({ length: endpoints }, async (_, endpoint) => ({
      before: await read(endpoint, 'before'),
      after: await read(endpoint, 'after'),
    })),
  )
  if (pages.every(({ before, after }) => before === undefined && after === undefined)) return undefined
  const by: { [name in ServerMetricName]?: number } = {}
  for (const { before, after } of pages) {
    if (before === undefined || after === undefined) return { kind: 'incomplete' }
    const growth = counterGrowth(before, after, spellingsOf(after))
    if (growth.kind !== 'grown') return growth
    for (const [name, value] of Object.entries(growth.by) as [ServerMetricName, number][]) {
      by[name] = (by[name] ?? 0) + value
    }
  }
  return { kind: 'grown', by }
}
