import type { Metric } from '../model/metric.ts'
import { metrics } from './index.ts'
import { ledgerSteps, ledgerTotal } from './ledger.ts'

const intro = `<!-- Made by \`npm run docs\` from src/metrics/. Edit the definitions there. -->

# Metrics

Every number of a report is a function over stored instants, so it can be computed again, and differently, at any time.

**What counts.** Results are about the measured phase; the warm-up is sent but not reported. Latencies come from completed requests only; failed, cancelled and dropped ones are counted beside them. Times are in milliseconds.

**The measured window** begins with the phase's first byte sent. It ends when its time is up, or, when a number of requests ends the phase, with the end of its last request. Rates count what happened inside it.

**Quantiles** are exact: all values are sorted, h = (n − 1) q, and the quantile is interpolated linearly between the two closest ranks (Hyndman and Fan's type 7, the default of NumPy and R). Each comes with a two-sided 95 % interval made of two of the values themselves (order statistics), which assumes nothing about their distribution; either side misses with at most 2.5 %. Requests are taken as independent of each other. Where a request has many values (\`itl\`), they are not: the spread between requests says how many independent values they are worth, and the interval is as wide as that many make it (from the smallest to the largest value when they are worth too few). Too few values have no such interval. Then the quantile is withheld and the report says how many it needs: 6 for p50, 36 for p90, 72 for p95, 368 for p99.

**Repeats.** Each result is given per repeat and *pooled*. Pooled latencies are taken over the values of all repeats together; the pooled value of a rate is the mean over repeats, and its n is their number.

**Token counts** carry their source, best first: \`usage\` (the server says so), \`token-ids\`, \`tokenizer\` (counted from the text after the run), \`events\` (what the stream's events carry, 1 each unless they say more), \`approximate\`; \`mixed\` when requests differ.
`

const directions = {
  lower: 'lower is better',
  higher: 'higher is better',
  neither: 'neither is better',
} as const

function measuredFrom(metric: Metric): string {
  if (metric === ledgerTotal) return 'intended, else dispatched'
  if (ledgerSteps.some((step) => step === metric)) return 'end of the step before'
  return metric.kind === 'phase' ? 'phase' : metric.from.join(', ')
}

function section(metric: Metric): string {
  return `## ${metric.id}\n\n*${metric.title}* (${metric.unit}, ${directions[metric.better]})\n\n${metric.formula}\n`
}

/** docs/metrics.md: the definitions of the table, for people. */
export function metricsMarkdown(): string {
  const rows = metrics.map(
    (metric) =>
      `| [\`${metric.id}\`](#${metric.id}) | ${metric.title} | ${metric.unit} | ${metric.scope} | ${measuredFrom(metric)} |`,
  )
  const table = `| metric | what it is | unit | of | measured from |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
  return [intro, table, ...metrics.map(section)].join('\n')
}
