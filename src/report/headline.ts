import type { Result } from '../model/report.ts'
import { bundling, type ReportCell, resultOf } from '../model/report-cells.ts'
import { quantileName } from '../model/significant.ts'

/** The latencies every table shows, by their short names. */
const headlineLatencies = [
  { metric: 'ttft', name: 'TTFT' },
  { metric: 'itl', name: 'ITL' },
  { metric: 'itl-token', name: 'ITL token' },
  { metric: 'tpot', name: 'TPOT' },
  { metric: 'e2e-latency', name: 'E2E' },
] as const

/** The rates every table shows, by names that carry their scope. */
export const headlineRates = [
  { metric: 'requests-per-second', name: 'requests/s, system' },
  { metric: 'output-tokens-per-second-system', name: 'output tok/s, system' },
  { metric: 'output-tokens-per-second-gpu', name: 'output tok/s, per GPU' },
  { metric: 'input-tokens-per-second-system', name: 'input tok/s, system' },
  { metric: 'total-tokens-per-second-system', name: 'input + output tok/s, system' },
] as const

/** The quantiles every table shows. */
export const headlineQuantiles = [0.5, 0.9, 0.95, 0.99] as const

/** One line of a latency table. */
export interface LatencyRow {
  readonly metric: string
  readonly name: string
  readonly from: Result['from']
}

/**
 * The latency rows of a cell. Under an open loop those measured from the intended instant follow those from sending;
 * `from` belongs into the label of each row for which there are two. Where a server puts several tokens into an event, gaps
 * between events and between tokens have a row each.
 */
export function latencyRows(cell: ReportCell): (LatencyRow & { readonly isPair: boolean })[] {
  const isBundled = bundling(cell) !== undefined
  return headlineLatencies.flatMap(({ metric, name: short }) => {
    if (metric === 'itl-token' && !isBundled) return []
    const name = metric === 'itl' && isBundled ? 'ITL event' : short
    const isPair = resultOf(cell, { metric, from: 'intended', stat: 'mean' }) !== undefined
    const froms = isPair ? (['sent', 'intended'] as const) : (['sent'] as const)
    return froms.map((from) => ({ metric, name, from, isPair }))
  })
}

const sources: Readonly<Record<NonNullable<Result['source']>, string>> = {
  usage: 'counted by the server (usage)',
  'token-ids': 'counted by the token ids of the server',
  tokenizer: 'counted with the tokenizer after the run',
  events: 'estimated from stream events: not exact',
  approximate: 'approximate',
  mixed: 'from several sources, by request',
}

/** Where a cell's token counts come from, in words: "output and input counted by the server (usage)". */
export function tokenSources(cell: ReportCell): string[] {
  const [output, input] = (['output-tokens', 'input-tokens'] as const).map(
    (metric) => cell.results.find((result) => result.metric === metric && result.repeat === 'pooled')?.source,
  )
  if (output !== undefined && output === input) return [`output and input ${sources[output]}`]
  return [
    ...(output === undefined ? [] : [`output ${sources[output]}`]),
    ...(input === undefined ? [] : [`input ${sources[input]}`]),
  ]
}

/** What the withheld headline quantiles of a cell need: "p99 of TTFT, E2E needs 368 values, has 200". */
export function withheldNotes(cell: ReportCell): string[] {
  const names = new Map<string, string[]>()
  for (const { metric, name, from } of latencyRows(cell)) {
    if (from !== 'sent') continue
    for (const q of headlineQuantiles) {
      const result = resultOf(cell, { metric, from, stat: q })
      if (result?.withheld === undefined) continue
      const need = `${quantileName(q)}|needs ${result.withheld.needs} values, has ${result.n}`
      names.set(need, [...(names.get(need) ?? []), name])
    }
  }
  return [...names].map(([need, of]) => need.replace('|', ` of ${of.join(', ')} `))
}
