import type { RequestRecord } from '../model/record.ts'
import type { ErrorGroup } from '../model/report.ts'

/** Failed requests of a run (its warm-up included) by kind and HTTP status, the most frequent first. */
export function errorGroups(run: string, records: readonly RequestRecord[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>()
  for (const { outcome, status } of records) {
    if (outcome.kind !== 'failed') continue
    const key = `${outcome.error} ${status ?? ''}`
    const seen = groups.get(key)
    if (seen !== undefined) groups.set(key, { ...seen, n: seen.n + 1 })
    else {
      const shown = status === undefined ? {} : { status }
      groups.set(key, { run, kind: outcome.error, ...shown, example: outcome.message, n: 1 })
    }
  }
  return [...groups.values()].sort((a, b) => b.n - a.n)
}
