import { readFileSync } from 'node:fs'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import type { Clock } from '../model/clock.ts'
import type { ThreadReading, Watch } from '../model/health.ts'
import { watchLoopDelay } from './loop-delay.ts'

const NS_PER_MS = 1e6

const gcKinds = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'gcMinorMs',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'gcMajorMs',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'gcIncrementalMs',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'gcWeakCallbackMs',
} as const

/** Watches the thread that calls it: event loop, garbage collection, CPU time and waits for a core. */
export function watchThread(clock: Clock): Watch<ThreadReading> {
  const delay = watchLoopDelay(clock)
  let gc = noGc()
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as { readonly detail?: { readonly kind?: number } }
      const key = gcKinds[detail?.kind as keyof typeof gcKinds]
      if (key !== undefined) gc[key] += entry.duration
      gc.gcMaxMs = Math.max(gc.gcMaxMs, entry.duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  let before = schedule()

  return {
    read() {
      const now = schedule()
      const reading: ThreadReading = {
        ...delay.read(),
        ...gc,
        ...(now === undefined || before === undefined
          ? {}
          : {
              cpuMs: (now.cpuNs - before.cpuNs) / NS_PER_MS,
              runQueueMs: (now.waitNs - before.waitNs) / NS_PER_MS,
            }),
      }
      gc = noGc()
      before = now
      return reading
    },
    close() {
      delay.close()
      observer.disconnect()
    },
  }
}

function noGc() {
  return { gcMinorMs: 0, gcMajorMs: 0, gcIncrementalMs: 0, gcWeakCallbackMs: 0, gcMaxMs: 0 }
}

/** Time on a core and time waiting for one (proc(5), schedstat), in ns since the thread began. */
function schedule(): { readonly cpuNs: number; readonly waitNs: number } | undefined {
  try {
    const [cpuNs = Number.NaN, waitNs = Number.NaN] = readFileSync('/proc/thread-self/schedstat', 'utf8')
      .split(' ')
      .map(Number)
    return Number.isFinite(cpuNs) && Number.isFinite(waitNs) ? { cpuNs, waitNs } : undefined
  } catch {
    return undefined
  }
}
