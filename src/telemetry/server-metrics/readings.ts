import {
  type MetricSample,
  type MetricSpelling,
  type MetricSpellings,
  type ServerMetricName,
  serverMetricNames,
} from '../../model/server-kind.ts'

/** What one page says, by the metrics it is a spelling of. */
export interface Reading {
  readonly metric: ServerMetricName
  /** The server's own names. */
  readonly names: readonly string[]
  /** Sum of its series; for a histogram absent. */
  readonly value?: number
  /** For a histogram: how much it has seen. */
  readonly seen?: { readonly count: number; readonly sum: number }
}

/** Readings of the same thing by several processes: only the first one's count. */
const replicaLabels = ['tp_rank', 'pp_rank'] as const
const histogramEnds = /_(bucket|count|sum|created)$/

/** Reads a page in the words of Assay. */
export function readingsOf(samples: readonly MetricSample[], spellings: MetricSpellings): Reading[] {
  const page = byName(samples)
  return serverMetricNames.flatMap((metric): Reading[] => {
    const found = spellings[metric] === undefined ? undefined : spelled(page, spellings[metric])
    if (found === undefined) return []
    const [first = ''] = found
    if (page.has(first)) return [{ metric, names: found, value: sumOf(page, found) }]
    const seen = { count: sumOf(page, [`${first}_count`]), sum: sumOf(page, [`${first}_sum`]) }
    return [{ metric, names: found, seen }]
  })
}

/** The families of a page that no spelling names, sorted. */
export function otherFamilies(samples: readonly MetricSample[], spellings: MetricSpellings): string[] {
  const known = new Set(Object.values(spellings).flat(2))
  const names = new Set(samples.map(({ name }) => name))
  const families = new Set<string>()
  for (const name of names) {
    const family = names.has(`${name.replace(histogramEnds, '')}_count`)
      ? name.replace(histogramEnds, '')
      : name
    if (!known.has(name) && !known.has(family)) families.add(family)
  }
  return [...families].filter((name) => !name.endsWith('_created')).sort()
}

type Page = ReadonlyMap<string, readonly MetricSample[]>

function byName(samples: readonly MetricSample[]): Page {
  const page = new Map<string, MetricSample[]>()
  for (const sample of samples) {
    const same = page.get(sample.name)
    if (same === undefined) page.set(sample.name, [sample])
    else same.push(sample)
  }
  return page
}

/** The names of the first spelling that is on the page. */
function spelled(page: Page, spelling: MetricSpelling): readonly string[] | undefined {
  for (const names of spelling) {
    const there = [names].flat().filter((name) => page.has(name) || page.has(`${name}_count`))
    if (there.length > 0) return there
  }
  return undefined
}

function sumOf(page: Page, names: readonly string[]): number {
  let sum = 0
  for (const name of names) {
    for (const { labels, value } of page.get(name) ?? []) {
      if (replicaLabels.every((label) => (labels[label] ?? '0') === '0')) sum += value
    }
  }
  return sum
}
