import type { Clock } from '../model/clock.ts'
import type { Watch } from '../model/health.ts'

const NS_PER_MS = 1e6
/** Short enough to meet every block of 20 ms nearly whole, long enough to cost a thousandth of a core. */
const periodMs = 2

export interface LoopDelay {
  readonly loopDelayP50Ms?: number
  readonly loopDelayP99Ms?: number
  readonly loopDelayMaxMs?: number
}

/**
 * How much later than asked a timer of 2 ms comes, again and again. Node's own monitor forgets where it was whenever
 * it is reset, and so misses a block that begins right after a reading. Quantiles by nearest rank.
 */
export function watchLoopDelay(clock: Clock): Watch<LoopDelay> {
  let delays: number[] = []
  let beforeNs = clock.now()
  const timer = setInterval(() => {
    const nowNs = clock.now()
    delays.push(Math.max(0, (nowNs - beforeNs) / NS_PER_MS - periodMs))
    beforeNs = nowNs
  }, periodMs)
  return {
    read() {
      const sorted = Float64Array.from(delays).sort()
      delays = []
      const rank = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? 0
      return sorted.length === 0
        ? {}
        : { loopDelayP50Ms: rank(0.5), loopDelayP99Ms: rank(0.99), loopDelayMaxMs: rank(1) }
    },
    close: () => clearInterval(timer),
  }
}
