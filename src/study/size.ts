import type { Load, Pacing } from '../model/load.ts'
import { arrivals } from '../schedule/arrivals.ts'

/** Requests frozen for a closed loop that time alone ends; beyond them the workload starts again. */
const sizeWithoutCount = 1000
const streamsPerWorker = 500
const ratePerWorker = 1000

/** How many requests a load sends, so that no prompt has to be sent twice. */
export function requestsNeeded(load: Load, seed: number): number {
  const { pacing, warmup, until } = load
  switch (pacing.kind) {
    case 'burst':
    case 'constant':
    case 'poisson': {
      let count = 0
      for (const _ of arrivals({ ...load, pacing }, seed)) count++
      return Math.max(1, count)
    }
    case 'concurrency':
    case 'users':
      if (until.requests === undefined || warmup.durationS !== undefined) return sizeWithoutCount
      return until.requests + (warmup.requests ?? 0)
    default:
      return pacing satisfies never
  }
}

/** Worker threads for a load: as few as it needs, and no more than there are cores for. */
export function workersFor(load: Load, most: number): number {
  return Math.max(1, Math.min(Math.ceil(workersWanted(load.pacing)), most))
}

function workersWanted(pacing: Pacing): number {
  switch (pacing.kind) {
    case 'burst':
      return pacing.burst / streamsPerWorker
    case 'concurrency':
      return pacing.concurrency / streamsPerWorker
    case 'users':
      return pacing.users / streamsPerWorker
    case 'constant':
    case 'poisson':
      return pacing.ratePerSecond / ratePerWorker
    default:
      return pacing satisfies never
  }
}
