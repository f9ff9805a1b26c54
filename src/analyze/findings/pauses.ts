import { limits, type Sign } from '../health/signs.ts'
import { touchedBy } from '../health/touched.ts'
import { milliseconds, outOf, percent, type RunCheck, type RunView } from './run-check.ts'

/** From this share (0..1) of a load thread's time in pauses on, the tail printed is the client's. */
const boundShare = 0.1

/** The seconds with a sign in a view, in words, and whether their pauses are a large part of any thread's time. */
function pausesWith(sign: Sign, { health, measured }: RunView) {
  const seconds = health.unhealthy.filter(({ signs }) => signs.includes(sign))
  if (seconds.length === 0) return undefined
  const times = new Map<number, { pausedMs: number; seconds: number }>()
  for (const { row } of health.seconds) {
    const time = times.get(row.worker) ?? { pausedMs: 0, seconds: 0 }
    time.seconds += row.seconds
    times.set(row.worker, time)
  }
  let worstMs = 0
  for (const { row } of seconds) {
    const pauseMs = sign === 'gc-pause' ? row.gcMaxMs : (row.loopDelayMaxMs ?? 0)
    worstMs = Math.max(worstMs, pauseMs)
    const time = times.get(row.worker)
    if (time !== undefined) time.pausedMs += pauseMs
  }
  const share = Math.max(...[...times.values()].map((time) => time.pausedMs / (time.seconds * 1e3)))
  return {
    severity: share >= boundShare ? ('invalid' as const) : ('warning' as const),
    seconds: seconds.length,
    of: health.seconds.length,
    worst: milliseconds(worstMs),
    share: percent(share),
    requests: `${outOf(touchedBy(seconds, measured).length, measured.length)} measured requests were under way.`,
  }
}

/** Something kept a load thread's event loop busy: what came meanwhile was stamped late. */
export const loopBlocked: RunCheck = (view) => {
  const found = pausesWith('loop-blocked', view)
  if (found === undefined) return undefined
  return {
    code: 'loop-blocked',
    severity: found.severity,
    message: `A load thread read nothing for ${limits.pauseMs} ms or more in ${found.seconds} of ${found.of} thread-seconds, at worst ${found.worst}; ${found.requests}`,
    advice:
      'Use more workers or a lower load, and a client machine that does nothing else. Requests under way can be left out of latencies (--exclude-unhealthy).',
  }
}

/** The collector of garbage stopped a load thread. */
export const gcPause: RunCheck = (view) => {
  const found = pausesWith('gc-pause', view)
  if (found === undefined) return undefined
  return {
    code: 'gc-pause',
    severity: found.severity,
    message: `Garbage collection stopped a load thread for ${limits.pauseMs} ms or more in ${found.seconds} of ${found.of} thread-seconds, at worst ${found.worst}; ${found.requests}`,
    advice:
      'Use more workers, so that each holds less, or capture less of the replies (capture: none). Requests under way can be left out of latencies (--exclude-unhealthy).',
  }
}

/** All load threads stood still at once and used no CPU. */
export const processStopped: RunCheck = (view) => {
  const found = pausesWith('process-stopped', view)
  if (found === undefined) return undefined
  return {
    code: 'process-stopped',
    severity: found.severity,
    message: `The whole client stood still for up to ${found.worst}, in ${found.seconds} of ${found.of} thread-seconds, and used no CPU meanwhile: it was stopped, suspended or frozen; ${found.requests}`,
    advice:
      'Find out what stops the process (a signal, a suspended machine, a debugger, a frozen container) and repeat the run.',
  }
}
