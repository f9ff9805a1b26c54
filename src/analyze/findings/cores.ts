import type { HostReading } from '../../model/health.ts'
import type { WatchedSecond } from '../health/health-view.ts'
import { cpuShare, limits, type Sign } from '../health/signs.ts'
import { touchedBy } from '../health/touched.ts'
import { outOf, percent, type RunCheck, type RunView } from './run-check.ts'

/** A load thread with a full core for this share (0..1) of its time is the limit of what is measured. */
const saturatedShare = 0.2

/** The client lacked a core for this share (0..1) of its time: what is measured is the host. */
const starvedShare = 0.25

/** The largest sum over any worker's rows, as a share of the worker's time. */
function worstShare(seconds: readonly WatchedSecond[], partMs: (second: WatchedSecond) => number): number {
  const times = new Map<number, { partMs: number; seconds: number }>()
  for (const second of seconds) {
    const time = times.get(second.row.worker) ?? { partMs: 0, seconds: 0 }
    time.partMs += partMs(second)
    time.seconds += second.row.seconds
    times.set(second.row.worker, time)
  }
  return Math.max(0, ...[...times.values()].map((time) => time.partMs / (time.seconds * 1e3)))
}

/** A counter of the host over its time, per core, as a share. */
function hostShare({ health, run }: RunView, counter: keyof HostReading, cores = run.host.cores): number {
  let ms = 0
  let seconds = 0
  for (const { row } of health.seconds) {
    const value = row[counter]
    if (value === undefined) continue
    ms += value
    seconds += row.seconds
  }
  return seconds === 0 ? 0 : ms / (seconds * 1e3 * cores)
}

/** Where a sign was found, in words. */
function place(sign: Sign, { health, measured }: RunView) {
  const seconds = health.unhealthy.filter(({ signs }) => signs.includes(sign))
  if (seconds.length === 0) return undefined
  return {
    seconds: `in ${seconds.length} of ${health.seconds.length} thread-seconds`,
    requests: `${outOf(touchedBy(seconds, measured).length, measured.length)} measured requests were under way.`,
  }
}

/** A load thread worked nearly all the time: its own queue of reads is in the numbers. Looking at the clock does not count. */
export const clientCpu: RunCheck = (view) => {
  const found = place('client-cpu', view)
  if (found === undefined) return undefined
  const { seconds } = view.health
  const saturated = worstShare(seconds, ({ row, signs }) =>
    signs.includes('client-cpu') ? row.seconds * 1e3 : 0,
  )
  const busiest = seconds.reduce((most, { row }) => Math.max(most, cpuShare(row) ?? 0), 0)
  return {
    code: 'client-cpu',
    severity: saturated >= saturatedShare ? 'invalid' : 'warning',
    message: `A load thread needed ${percent(limits.cpuShare)} of its core or more ${found.seconds} (at most ${percent(busiest)}; ${percent(saturated)} of the busiest thread's time); ${found.requests}`,
    advice: 'Use more workers on more cores, several client machines, or a lower load.',
  }
}

/** Others had the cores when the client needed them. */
export const runQueue: RunCheck = (view) => {
  const found = place('run-queue', view)
  if (found === undefined) return undefined
  const waited = worstShare(view.health.seconds, ({ row }) => row.runQueueMs ?? 0)
  const others = hostShare(view, 'hostCpuMs') - hostShare(view, 'processCpuMs')
  return {
    code: 'run-queue',
    severity: waited >= starvedShare ? 'invalid' : 'warning',
    message: `A load thread was ready and had no core for ${percent(limits.runQueueShare)} of the time or more ${found.seconds} (${percent(waited)} of the phase at worst; other processes used ${percent(Math.max(0, others))} of the host's CPU); ${found.requests}`,
    advice:
      'Stop what else runs on this machine, pin the target and the client to different cores (taskset), or measure from another machine.',
  }
}

/** The hypervisor gave the host's CPU to others. */
export const steal: RunCheck = (view) => {
  const found = place('steal', view)
  if (found === undefined) return undefined
  const stolen = hostShare(view, 'stealMs')
  return {
    code: 'steal',
    severity: stolen >= starvedShare ? 'invalid' : 'warning',
    message: `The hypervisor gave ${percent(stolen)} of this host's CPU time to others, and ${percent(limits.stealShare)} or more ${found.seconds}; ${found.requests}`,
    advice: 'Measure from a machine with dedicated cores, or at another time.',
  }
}

/** The cgroup's CPU quota stopped the client. */
export const cpuThrottled: RunCheck = (view) => {
  const found = place('cpu-throttled', view)
  if (found === undefined) return undefined
  const throttled = hostShare(view, 'throttledMs', 1)
  return {
    code: 'cpu-throttled',
    severity: throttled >= starvedShare ? 'invalid' : 'warning',
    message: `The CPU quota of the client's cgroup stopped it for ${limits.throttledMs} ms or more ${found.seconds} (${percent(throttled)} of the phase); ${found.requests}`,
    advice: 'Raise or remove the CPU limit of the container or service that runs Assay.',
  }
}
