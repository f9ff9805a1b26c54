import { measuredPhase } from '../metrics/measured-phase.ts'
import { outputTokens } from '../metrics/token-counts.ts'
import type { EndpointResult } from '../model/report.ts'
import { typicalItlMs, typicalTtftMs } from './findings/typical.ts'
import type { MeasuredRun } from './measure.ts'

/** What each endpoint of a target did in the measured phase of a run; nothing for targets with one. */
export function endpointsOf({ data, window }: Pick<MeasuredRun, 'data' | 'window'>): EndpointResult[] {
  const { run } = data
  const { urls } = run.target
  if (urls.length < 2) return []
  const seconds = window === undefined ? undefined : (window.endNs - window.startNs) / 1e9
  return urls.map((url, endpoint) => {
    const own = data.records.filter(
      (record) =>
        record.phase === measuredPhase && record.endpoint === endpoint && record.sentNs !== undefined,
    )
    const completed = own.filter(({ outcome }) => outcome.kind === 'completed')
    const ttftP50Ms = typicalTtftMs(completed)
    const itlP50Ms = typicalItlMs(completed)
    const counts = completed.map((record) => outputTokens(record)?.value)
    const tokens = counts.reduce<number | undefined>(
      (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
      0,
    )
    return {
      run: run.id,
      url,
      requests: own.length,
      completed: completed.length,
      ...(ttftP50Ms === undefined ? {} : { ttftP50Ms }),
      ...(itlP50Ms === undefined ? {} : { itlP50Ms }),
      ...(tokens === undefined || seconds === undefined || seconds <= 0
        ? {}
        : { outputTokensPerSecond: tokens / seconds }),
    }
  })
}
