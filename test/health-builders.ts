// Data for tests of health and calibration, beside builders.ts: a quiet second, a good calibration.
import type { Calibration, ErrorSummary } from '../src/model/calibration.ts'
import type { HealthRow } from '../src/model/health.ts'

/** A quiet second of a worker that ends at `at` (s). Facts of the host stand in the rows of worker 0. */
export function healthRow({
  at = 1,
  ...init
}: Partial<HealthRow> & { readonly at?: number } = {}): HealthRow {
  const worker = init.worker ?? 0
  const host =
    worker === 0
      ? {
          stealMs: 0,
          hostCpuMs: 300,
          processCpuMs: 250,
          throttledMs: 0,
          synRetransmits: 0,
          listenOverflows: 0,
        }
      : {}
  return {
    worker,
    atNs: at * 1e9,
    seconds: 1,
    loopDelayP50Ms: 0.1,
    loopDelayP99Ms: 1.2,
    loopDelayMaxMs: 3,
    gcMinorMs: 2,
    gcMajorMs: 0,
    gcIncrementalMs: 0,
    gcWeakCallbackMs: 0,
    gcMaxMs: 1,
    cpuMs: 240,
    pollingMs: 40,
    usefulCpuMs: 200,
    runQueueMs: 10,
    dispatches: 20,
    events: 1000,
    coalesced: 2,
    inFlight: 8,
    sockets: 8,
    connects: 0,
    ...host,
    ...init,
  }
}

/** `count` quiet seconds of each worker, with rows to replace by worker and second (from 1). */
export function healthTable(
  count: number,
  unwell: readonly (Partial<HealthRow> & { readonly at: number })[] = [],
  workers = 1,
): HealthRow[] {
  return Array.from({ length: count }, (_, i) => i + 1).flatMap((at) =>
    Array.from({ length: workers }, (_, worker) =>
      healthRow({ at, worker, ...unwell.find((row) => row.at === at && (row.worker ?? 0) === worker) }),
    ),
  )
}

/** Errors of a known size. */
export function errorSummary(biasMs: number, p99Ms: number): ErrorSummary {
  return { n: 1000, biasMs, p50Ms: biasMs, p99Ms, maxMs: p99Ms * 2 }
}

/** The calibration of a client that is off by 0.3 ms. */
export function calibration(init: Partial<Calibration> = {}): Calibration {
  return {
    createdAt: '2026-01-02T03:10:00.000Z',
    cached: false,
    transport: 'http1',
    timing: 'replay',
    seconds: 10,
    requests: 200,
    events: 12_800,
    peakStreams: 8,
    eventsPerSecond: 1000,
    disturbedSeconds: 0,
    ttft: errorSummary(0.3, 0.9),
    event: errorSummary(0.2, 0.8),
    itl: errorSummary(0, 0.7),
    ...init,
  }
}
