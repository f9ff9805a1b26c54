import type { HealthRow, HostReading } from '../../model/health.ts'
import { quantile } from '../../stats/quantile.ts'
import { sortSamples } from '../../stats/samples.ts'

/** What can be wrong with a second of a load thread. Names are codes of findings. */
export const signs = [
  'process-stopped',
  'loop-blocked',
  'gc-pause',
  'run-queue',
  'steal',
  'cpu-throttled',
  'client-cpu',
] as const
export type Sign = (typeof signs)[number]

/** From where on a second is unhealthy. Reasons and measurements: docs/decisions/verdict.md. */
export const limits = {
  /** A pause of the event loop: on an idle machine a second's longest is up to 15 ms; a block of 20 ms reads 18 to 20. */
  pauseMs: 16,
  /** A pause of all threads at once that is the process's, not one thread's. */
  stoppedMs: 100,
  /** Useful CPU of a core, share: above it a thread's queue of reads grows. */
  cpuShare: 0.85,
  /** Share of a second the thread was ready and had no core. */
  runQueueShare: 0.2,
  /** The same, from where on it accounts for a pause: below it a quiet virtual machine waits anyway. */
  runQueuePauseShare: 0.1,
  /** Share of the host's CPU time that the hypervisor gave to others. */
  stealShare: 0.05,
  throttledMs: 10,
} as const

/** Shorter rows (the last one of a worker) say little about shares. */
const leastSharedS = 0.25

/** How the pause of a second came about, as far as the numbers of its own thread and of the host explain half of it. */
export type PauseCause = 'gc-pause' | 'cpu-throttled' | 'steal' | 'run-queue' | 'unexplained'

export function pauseCause(row: HealthRow, host: HostReading): PauseCause | undefined {
  const pauseMs = row.loopDelayMaxMs ?? 0
  if (row.gcMaxMs >= limits.pauseMs && row.gcMaxMs >= pauseMs / 2) return 'gc-pause'
  if (pauseMs < limits.pauseMs) return undefined
  const explains = (ms: number | undefined) => ms !== undefined && ms >= pauseMs / 2
  if (explains(host.throttledMs)) return 'cpu-throttled'
  if (explains(host.stealMs)) return 'steal'
  const waited = (row.runQueueMs ?? 0) >= limits.runQueuePauseShare * row.seconds * 1e3
  if (waited && explains(row.runQueueMs)) return 'run-queue'
  return 'unexplained'
}

/** A pause in which the thread used no core and wanted none: nothing of its own blocked it. */
export function looksStopped(row: HealthRow, host: HostReading): boolean {
  const pauseMs = row.loopDelayMaxMs ?? 0
  if (pauseMs < limits.stoppedMs || pauseCause(row, host) !== 'unexplained') return false
  const { cpuMs, runQueueMs = 0 } = row
  return cpuMs === undefined || row.seconds * 1e3 - cpuMs - runQueueMs >= 0.8 * pauseMs
}

/**
 * Whether a thread cannot have worked through its pause: outside of it, it used as much CPU as at other times.
 * `cpuMsPerSecond`: what it typically uses, looking at the clock included, because a block in between is booked there.
 */
export function pausedIdle(row: HealthRow, cpuMsPerSecond: number | undefined): boolean {
  const { cpuMs, seconds, loopDelayMaxMs = 0 } = row
  if (cpuMs === undefined || cpuMsPerSecond === undefined) return false
  return cpuMs - cpuMsPerSecond * (seconds - loopDelayMaxMs / 1e3) < 0.8 * loopDelayMaxMs
}

/** Useful CPU as a share of the core, where the row is long enough to say. */
export function cpuShare({ seconds, usefulCpuMs }: HealthRow): number | undefined {
  return usefulCpuMs === undefined || seconds < leastSharedS ? undefined : usefulCpuMs / (seconds * 1e3)
}

/** What a thread typically uses of its core, ms per second, by the median of its rows. */
export function typicalCpu(rows: readonly HealthRow[]): number | undefined {
  const rates = rows.flatMap(({ cpuMs, seconds }) =>
    cpuMs === undefined || seconds < leastSharedS ? [] : [cpuMs / seconds],
  )
  const samples = sortSamples(Float64Array.from(rates))
  return samples === undefined ? undefined : quantile(samples, 0.5)
}

/** The signs of a row that are not pauses. `cores`: of the host. */
export function shareSigns(row: HealthRow, host: HostReading & { readonly seconds: number }, cores: number) {
  const found: Sign[] = []
  const isLong = row.seconds >= leastSharedS
  const { runQueueMs = 0 } = row
  const { stealMs = 0, throttledMs = 0 } = host
  if (isLong && runQueueMs >= limits.runQueueShare * row.seconds * 1e3) found.push('run-queue')
  if (host.seconds >= leastSharedS && stealMs >= limits.stealShare * host.seconds * 1e3 * cores) {
    found.push('steal')
  }
  if (throttledMs >= limits.throttledMs) found.push('cpu-throttled')
  if ((cpuShare(row) ?? 0) >= limits.cpuShare) found.push('client-cpu')
  return found
}
