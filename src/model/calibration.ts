import type { TransportName } from './target.ts'

/** How much a calibration may take: `auto` a few seconds, `full` as long as the run's own load. */
export const calibrationModes = ['auto', 'skip', 'full'] as const
export type CalibrationMode = (typeof calibrationModes)[number]

/** How far stamps are from the truth: stamp − the server's own instant, in ms. */
export interface ErrorSummary {
  readonly n: number
  /** Mean. */
  readonly biasMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** A load that a client carries within a stated error. */
export interface SafeLoad {
  readonly streams: number
  readonly eventsPerSecond: number
  /** p99 of the stamp error of events. */
  readonly limitMs: number
}

/** What is known of a calibration besides its records and its truth. */
export type CalibrationFacts = Pick<
  Calibration,
  'createdAt' | 'cached' | 'timing' | 'transport' | 'serverLatenessP99Ms' | 'safe'
>

/**
 * The measurement error of this client under one shape of load, measured against the reference server on this host
 * and derived from the records and the truth of that calibration run.
 */
export interface Calibration {
  /** ISO 8601 UTC. */
  readonly createdAt: string
  /** Taken from the cache rather than measured right after the run. */
  readonly cached: boolean
  readonly transport: TransportName
  /** `replay`: the run's own timeline; `shape`: its load with its median timings. */
  readonly timing: 'replay' | 'shape'
  readonly seconds: number
  readonly requests: number
  readonly events: number
  readonly peakStreams: number
  readonly eventsPerSecond: number
  /** Reported TTFT − the server's, per request. */
  readonly ttft?: ErrorSummary
  /** Stamp of an event − the server's write of it, per event. */
  readonly event?: ErrorSummary
  /** Gap between two events − the server's, per gap. */
  readonly itl?: ErrorSummary
  /** Dispatch − intended instant; open loops only. */
  readonly lateness?: ErrorSummary
  /** Seconds of load threads that something disturbed, by the rules of the verdict. */
  readonly disturbedSeconds: number
  /** The reference server's own lateness: what it could not hold itself. */
  readonly serverLatenessP99Ms?: number
  /** The most that the last sweep on this host found safe. */
  readonly safe?: SafeLoad
}
