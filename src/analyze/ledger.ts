import { ledgerSteps, ledgerTotal } from '../metrics/ledger.ts'
import type { Ledger, LedgerStep, Result } from '../model/report.ts'

/**
 * Where the time of each target × workload × load went: the pooled means of its steps, as parts of the mean
 * end-to-end time. A step's mean is over the requests in which it took place; spread over all of them the means add up.
 */
export function ledgersOf(results: readonly Result[]): Ledger[] {
  const means = results.filter(({ repeat, stat }) => repeat === 'pooled' && stat === 'mean')
  return means
    .filter(({ metric }) => metric === ledgerTotal.id)
    .flatMap(({ target, workload, load, value: meanMs, n: requests }): Ledger[] => {
      if (meanMs === undefined) return []
      const own = means.filter(
        (result) => result.target === target && result.workload === workload && result.load === load,
      )
      const steps = ledgerSteps.flatMap(({ id }): LedgerStep[] => {
        const mean = own.find(({ metric }) => metric === id)
        if (mean?.value === undefined) return []
        const spread = (mean.value * mean.n) / requests
        const share = meanMs === 0 ? {} : { share: spread / meanMs }
        return [{ step: id.slice('ledger-'.length), metric: id, n: mean.n, meanMs: spread, ...share }]
      })
      return [{ target, workload, load, requests, meanMs, steps }]
    })
}
