import type { Report, ServerCounter } from './report.ts'
import type { ReportCell } from './report-cells.ts'
import { wholeNumber } from './significant.ts'

const words: Readonly<Record<ServerCounter['counter'], string>> = {
  'requests-finished': 'requests',
  'prompt-tokens': 'prompt tokens',
  'generated-tokens': 'generated tokens',
}

/** What a server counted of the runs of a cell, beside our counts, in one line; of several repeats the worst one. */
export function serverCountersLine(report: Report, cell: ReportCell): string | undefined {
  const own = report.serverCounters.filter(({ run }) => cell.runs.some(({ id }) => id === run))
  const states = ['restarted', 'differs', 'not-comparable', 'agrees'] as const
  const worst = states.flatMap((state) => own.find((counter) => counter.state === state) ?? [])[0]
  if (worst === undefined) return undefined
  const ofRun = own.filter(({ run }) => run === worst.run)
  const numbers = ofRun.flatMap(({ counter, server, ours }) =>
    server === undefined
      ? []
      : [
          `${wholeNumber(server)} ${words[counter]}${ours === undefined || ours === server ? '' : ` (ours ${wholeNumber(ours)})`}`,
        ],
  )
  const verdict = {
    agrees: 'agrees with our counts',
    differs: 'differs from our counts',
    'not-comparable': `not comparable: ${worst.why ?? ''}`,
    restarted: worst.why ?? '',
  }[worst.state]
  return [
    ...(numbers.length === 0 ? [] : [`counted ${numbers.join(', ')}, warm-up included`]),
    verdict,
    ...(cell.runs.length > 1 ? [`worst of ${cell.runs.length} repeats`] : []),
  ].join('; ')
}
