import { readFileSync } from 'node:fs'
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import type { ThreadReading, Watch } from '../model/health.ts'

const NS_PER_MS = 1e6
/** Period of the timer whose delay is the event loop's: short enough to meet every block of 20 ms whole. */
const periodMs = 5

const gcKinds = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'gcMinorMs',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'gcMajorMs',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'gcIncrementalMs',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'gcWeakCallbackMs',
} as const

/** Watches the thread that calls it: event loop, garbage collection, CPU time and waits for a core. */
export function watchThread(): Watch<ThreadReading> {
  const delay = monitorEventLoopDelay({ resolution: periodMs })
  delay.enable()
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
        ...(delay.count === 0
          ? {}
          : {
              loopDelayP50Ms: beyondPeriod(delay.percentile(50)),
              loopDelayP99Ms: beyondPeriod(delay.percentile(99)),
              loopDelayMaxMs: beyondPeriod(delay.max),
            }),
        ...gc,
        ...(now === undefined || before === undefined
          ? {}
          : {
              cpuMs: (now.cpuNs - before.cpuNs) / NS_PER_MS,
              runQueueMs: (now.waitNs - before.waitNs) / NS_PER_MS,
            }),
      }
      delay.reset()
      gc = noGc()
      before = now
      return reading
    },
    close() {
      delay.disable()
      observer.disconnect()
    },
  }
}

function noGc() {
  return { gcMinorMs: 0, gcMajorMs: 0, gcIncrementalMs: 0, gcWeakCallbackMs: 0, gcMaxMs: 0 }
}

function beyondPeriod(ns: number): number {
  return Math.max(0, ns / NS_PER_MS - periodMs)
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
