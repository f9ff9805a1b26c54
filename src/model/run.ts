import type { DialectOptions } from './dialect.ts'
import type { CacheExpectation } from './request.ts'
import type { Capture, Cell } from './study.ts'

/** Version of the run folder's layout. A reader that meets a newer one says so and stops. */
export const runFormatVersion = 1

/** Requests of one phase; planned = completed + failed + cancelled + dropped. */
export interface Counts {
  readonly planned: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly dropped: number
}

/** How a run came to its end. `crashed` is written by the reader of a folder whose run never ended. */
export type RunEnd = 'completed' | 'interrupted' | 'safety-stop' | 'storage' | 'crashed'

export interface PhaseInstants {
  readonly name: string
  /** Ns since the epoch; absent when the phase sent nothing. */
  readonly startNs?: number
  /** Set when time, not a count, ended the phase. */
  readonly stopNs?: number
}

/** The machine that made the load. Absent: could not be read here. */
export interface HostInfo {
  readonly hostname: string
  readonly platform: string
  readonly kernel: string
  readonly arch: string
  readonly cpu?: string
  readonly cores: number
  /** Cores this process may use (affinity and cgroup quota). */
  readonly usableCores: number
  readonly memoryBytes: number
  readonly governor?: string
  readonly cgroupCpuQuotaCores?: number
  readonly affinity?: string
  readonly somaxconn?: number
  readonly descriptorLimit?: number
  /** Share (0..1) of CPU time stolen by the hypervisor since boot. */
  readonly steal?: number
  readonly node: string
  readonly nodeFlags: readonly string[]
}

/** run.json: one execution and everything needed to believe or repeat it. */
export interface Run {
  readonly format: number
  readonly id: string
  readonly study: string
  readonly seed: number
  readonly cell: Cell
  readonly capture: Capture
  readonly assay: { readonly version: string; readonly commit?: string; readonly dirty?: boolean }
  readonly clock: {
    readonly epochMonotonicNs: string
    /** ISO 8601 UTC at the epoch. */
    readonly epochWall: string
    readonly bootId?: string
  }
  readonly host: HostInfo
  readonly workers: number
  /** Whether a waiting load thread looked at the clock without end; off where the target needs the core. */
  readonly polling: boolean
  /** What the target was found to be. */
  readonly target: {
    readonly urls: readonly string[]
    readonly model: string
    readonly dialect: string
    /** With what the server said of its model; absent: as the study gives them. */
    readonly dialectOptions?: DialectOptions
    readonly connections: 'reuse' | 'fresh'
    readonly engineInfo: Readonly<Record<string, string | number | boolean>>
    readonly notices: readonly string[]
  }
  readonly workload: {
    readonly sha256: string
    readonly count: number
    readonly notices: readonly string[]
    /** Hash of a trace's arrivals. */
    readonly arrivalsSha256?: string
    /** What the workload promises about prefix caches. */
    readonly cache?: CacheExpectation
  }
  /** Absent until the run has ended. */
  readonly ended?: RunEnd
  readonly endedReason?: string
  readonly phases?: readonly PhaseInstants[]
  /** By phase name, as the workers counted them; `planned` is counted apart from the outcomes. */
  readonly counts?: Readonly<Record<string, Counts>>
  /** Records that could not be written, when storage failed. */
  readonly lostRecords?: number
  /** The command that repeats this run. */
  readonly repeatCommand: string
}

/** The settings that a run's dialect was made with. */
export function dialectOptionsOf({ target, cell }: Pick<Run, 'target' | 'cell'>): DialectOptions {
  return target.dialectOptions ?? cell.target.dialectOptions
}
