import type { MeasuredFrom } from '../model/metric.ts'
import { type ReportCell, resultOf, type Wanted } from '../model/report-cells.ts'
import { quantileName } from '../model/significant.ts'
import type { CsvValue } from './csv-cell.ts'
import { headlineQuantiles } from './headline.ts'
import { ledgerQuantiles } from './ledger-rows.ts'

/** One column of summary.csv that holds a result. */
export interface MetricColumn {
  /** `<metric>[_from_<start>_<stat>][_ms]`, words joined by `_`; the others carry their unit in the metric's name. */
  readonly name: string
  readonly metric: string
  value(cell: ReportCell): CsvValue
}

// The columns are a contract: every file has all of them, whatever was measured.
const distributions: readonly (readonly [metric: string, suffix: string, ...from: MeasuredFrom[]])[] = [
  ['ttft', '_ms', 'sent', 'intended'],
  ['itl', '_ms', 'sent'],
  ['itl-token', '_ms', 'sent'],
  ['tpot', '_ms', 'sent'],
  ['tokens-per-event', '', 'sent'],
  ['e2e-latency', '_ms', 'sent', 'intended'],
  ['output-tokens-per-second-request', '', 'sent'],
  ['input-tokens', '', 'sent'],
  ['output-tokens', '', 'sent'],
  ['schedule-delay', '_ms', 'intended'],
  ['connect-time', '_ms', 'sent'],
]

// The ledger has quantiles that say where time goes, and no intervals: its latencies stand above.
const ledger = [
  'ledger-client-wait',
  'ledger-connect',
  'ledger-send',
  'ledger-headers',
  'ledger-first-token',
  'ledger-decode',
  'ledger-tail',
  'ledger-end-to-end',
] as const

const rates = [
  'requests-per-second',
  'output-tokens-per-second-system',
  'output-tokens-per-second-gpu',
  'input-tokens-per-second-system',
  'total-tokens-per-second-system',
  'error-rate',
] as const

function snake(id: string): string {
  return id.replaceAll('-', '_').replace('_per_second', '_per_s')
}

function column(name: string, wanted: Wanted, pick: 'value' | 'n' | 'low' | 'high'): MetricColumn {
  return {
    name,
    metric: wanted.metric,
    value(cell) {
      const result = resultOf(cell, wanted)
      return pick === 'low' || pick === 'high' ? result?.interval?.[pick] : result?.[pick]
    },
  }
}

function ofDistribution(metric: string, suffix: string, from: MeasuredFrom): MetricColumn[] {
  const head = `${snake(metric)}_from_${from}`
  const of = (stat: Wanted['stat']): Wanted => ({ metric, from, stat })
  return [
    column(`${head}_values`, of('mean'), 'n'),
    ...(['mean', 'min', 'max'] as const).map((stat) => column(`${head}_${stat}${suffix}`, of(stat), 'value')),
    ...headlineQuantiles.flatMap((q) => {
      const name = `${head}_${quantileName(q)}`
      return [
        column(`${name}${suffix}`, of(q), 'value'),
        column(`${name}_low${suffix}`, of(q), 'low'),
        column(`${name}_high${suffix}`, of(q), 'high'),
      ]
    }),
  ]
}

function ofLedger(metric: string): MetricColumn[] {
  const of = (stat: Wanted['stat']): Wanted => ({ metric, from: 'sent', stat })
  const head = snake(metric)
  return [
    column(`${head}_values`, of('mean'), 'n'),
    column(`${head}_mean_ms`, of('mean'), 'value'),
    ...ledgerQuantiles.map((q) => column(`${head}_${quantileName(q)}_ms`, of(q), 'value')),
  ]
}

/** Result columns of summary.csv, always the same ones. `low` and `high` are a quantile's 95 % interval. */
export const metricColumns: readonly MetricColumn[] = [
  ...rates.map((metric) => column(snake(metric), { metric, from: 'phase', stat: 'rate' }, 'value')),
  ...distributions.flatMap(([metric, suffix, ...froms]) =>
    froms.flatMap((from) => ofDistribution(metric, suffix, from)),
  ),
  ...ledger.flatMap(ofLedger),
]
