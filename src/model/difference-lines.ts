import type { Difference, Report } from './report.ts'

const names: Readonly<Record<string, string>> = { ttft: 'TTFT', tpot: 'TPOT', 'e2e-latency': 'E2E' }

/** Differences of one workload and load: who is compared with whom, and what of each metric. */
export interface DifferenceGroup {
  readonly workload: string
  readonly load: string
  readonly against: string
  readonly rows: readonly { readonly target: string; readonly cells: readonly DifferenceCell[] }[]
}

/** One metric of one target, in words. */
interface DifferenceCell {
  readonly metric: string
  /** "+0.41 ms [+0.38, +0.45]". */
  readonly text: string
  /** "1.15x [1.14, 1.17]"; absent where nothing was taken before. */
  readonly ratio?: string
  readonly verdict: 'slower' | 'faster' | 'no difference shown'
  readonly pairs: number
}

/** All differences, a group for each workload and load. */
export function differenceGroups({ differences }: Pick<Report, 'differences'>): DifferenceGroup[] {
  const groups = new Map<string, Difference[]>()
  for (const one of differences) {
    const key = JSON.stringify([one.workload, one.load, one.against])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups].map(([key, all]) => {
    const [workload = '', load = '', against = ''] = JSON.parse(key) as string[]
    const targets = [...new Set(all.map(({ target }) => target))]
    return {
      workload,
      load,
      against,
      rows: targets.map((target) => ({
        target,
        cells: all.filter((one) => one.target === target).map(cellOf),
      })),
    }
  })
}

/** What the intervals are, for every place that shows them. */
export const differencesHint =
  'Paired by request: the median of what each target took more for the same request, with its 95 % interval. A drift of ' +
  'the machine between two runs is not in it: repeats show that.'

function cellOf({ metric, unit, value, interval, ratio, pairs }: Difference): DifferenceCell {
  const shown = alike(interval, signed)
  return {
    metric: names[metric] ?? metric,
    text: `${shown(value)} ${unit} [${shown(interval.low)}, ${shown(interval.high)}]`,
    ...(ratio === undefined ? {} : { ratio: ratioText(ratio) }),
    verdict: interval.low > 0 ? 'slower' : interval.high < 0 ? 'faster' : 'no difference shown',
    pairs,
  }
}

function ratioText({ value, interval }: NonNullable<Difference['ratio']>): string {
  const shown = alike(interval, String)
  return `${shown(value)}x [${shown(interval.low)}, ${shown(interval.high)}]`
}

/** Numbers with the decimals that the width of their interval bears: two digits of it, at most four decimals. */
function alike({ low, high }: Difference['interval'], sign: (text: string, value: number) => string) {
  const width = (high - low) / 2
  const decimals = width > 0 ? Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(width)))) : 2
  return (value: number) => sign(Math.abs(value).toFixed(decimals), value)
}

function signed(size: string, value: number): string {
  return value < 0 ? `−${size}` : `+${size}`
}
