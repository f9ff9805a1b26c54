import type { Report } from '../../model/report.ts'
import { countsOf, reportCells, resultOf, type Wanted } from '../../model/report-cells.ts'
import { knownFigures } from '../figures.ts'
import type { ResultReader } from '../reader.ts'

/** Assay's own report.json: the first cell, all its repeats, latencies from `sent`. */
export const assay: ResultReader = {
  title: 'Assay',
  read(content) {
    if (content.schema !== 'assay-report/1') return undefined
    const [cell] = reportCells(content as unknown as Report)
    if (cell === undefined) return undefined
    const value = (metric: string, from: Wanted['from'], stat: Wanted['stat']) =>
      resultOf(cell, { metric, from, stat })?.value
    const tokens = resultOf(cell, { metric: 'output-tokens', from: 'sent', stat: 'mean' })
    return {
      figures: knownFigures({
        ttftP50Ms: value('ttft', 'sent', 0.5),
        ttftP99Ms: value('ttft', 'sent', 0.99),
        itlP50Ms: value('itl', 'sent', 0.5),
        itlP99Ms: value('itl', 'sent', 0.99),
        tpotP50Ms: value('tpot', 'sent', 0.5),
        tpotP99Ms: value('tpot', 'sent', 0.99),
        e2eP50Ms: value('e2e-latency', 'sent', 0.5),
        e2eP99Ms: value('e2e-latency', 'sent', 0.99),
        requestsPerSecond: value('requests-per-second', 'phase', 'rate'),
        outputTokensPerSecond: value('output-tokens-per-second-system', 'phase', 'rate'),
        requests: countsOf(cell).completed,
        outputTokens: tokens?.value === undefined ? undefined : Math.round(tokens.value * tokens.n),
      }),
      notes: ['Its rates count all that ended in its measured window, the last of the warm-up too.'],
    }
  },
}
