import type { Clock } from '../model/clock.ts'
import { endedChildrenCpuS, type ProcFiles, readTree } from './process-tree.ts'

/** What a command cost. Absent: could not be read here (only Linux has /proc), or the command was too short. */
export interface Usage {
  readonly cpuS?: number
  /** Of it, before its first request reached the server. */
  readonly cpuBeforeFirstRequestS?: number
  /** Largest resident set of a single process. */
  readonly peakRssBytes?: number
  /** Largest sum over all its processes at one reading. */
  readonly peakTreeRssBytes?: number
  /** Most processes at one reading. */
  readonly processes?: number
}

interface CpuReading {
  readonly atNs: number
  readonly cpuS: number
}

const shortestMs = 20
const longestMs = 200
const NS_PER_MS = 1e6
/** A host of many processes is read less often, so that reading never takes more of a core than this. */
const mostShare = 0.05

/** Reads a command's processes while it runs: often at first, then five times a second. */
export class UsageWatch {
  readonly #files: ProcFiles
  readonly #clock: Clock
  readonly #cpu: CpuReading[] = []
  readonly #endedBeforeS: number | undefined
  #endedAfterS: number | undefined
  #pid: number | undefined
  #timer: NodeJS.Timeout | undefined
  #peakRssBytes = 0
  #peakTreeRssBytes = 0
  #processes = 0

  /** To be made before the command is started. */
  constructor(files: ProcFiles, clock: Clock) {
    this.#files = files
    this.#clock = clock
    this.#endedBeforeS = endedChildrenCpuS(files)
  }

  /** From now on reads the command whose first process is `pid`. */
  follow(pid: number): void {
    this.#pid = pid
    this.#read(shortestMs)
  }

  /** One reading now. */
  read(): void {
    if (this.#pid === undefined) return
    const tree = readTree(this.#files, this.#pid)
    if (tree === undefined) return
    this.#cpu.push({ atNs: this.#clock.now(), cpuS: tree.cpuS })
    this.#peakRssBytes = Math.max(this.#peakRssBytes, tree.peakRssBytes)
    this.#peakTreeRssBytes = Math.max(this.#peakTreeRssBytes, tree.treeRssBytes)
    this.#processes = Math.max(this.#processes, tree.processes)
  }

  /** Ends the readings; to be called when the command has been waited for. Calls after the first change nothing. */
  close(): void {
    clearTimeout(this.#timer)
    this.#endedAfterS ??= endedChildrenCpuS(this.#files)
  }

  /** What it all came to; `firstRequestNs` is when the server saw the first request. */
  usage(firstRequestNs: number | undefined): Usage {
    const before = cpuAt(this.#cpu, firstRequestNs)
    return {
      ...(this.#endedAfterS === undefined ? {} : { cpuS: this.#cpuS(this.#endedAfterS) }),
      ...(before === undefined ? {} : { cpuBeforeFirstRequestS: before }),
      ...(this.#processes === 0
        ? {}
        : {
            peakRssBytes: this.#peakRssBytes,
            peakTreeRssBytes: this.#peakTreeRssBytes,
            processes: this.#processes,
          }),
    }
  }

  /** The kernel's sum over ended children misses those that nobody waited for; the last reading knew them. */
  #cpuS(endedAfterS: number): number {
    return Math.max(endedAfterS - (this.#endedBeforeS ?? 0), this.#cpu.at(-1)?.cpuS ?? 0)
  }

  #read(afterMs: number): void {
    const startNs = this.#clock.now()
    this.read()
    const tookMs = (this.#clock.now() - startNs) / NS_PER_MS
    const waitMs = Math.max(afterMs, tookMs / mostShare)
    this.#timer = setTimeout(() => this.#read(Math.min(longestMs, afterMs * 2)), waitMs)
    this.#timer.unref()
  }
}

/** CPU used by an instant, on a line between the readings around it; `undefined` when there are none around it. */
export function cpuAt(readings: readonly CpuReading[], atNs: number | undefined): number | undefined {
  if (atNs === undefined) return undefined
  const after = readings.findIndex((reading) => reading.atNs >= atNs)
  const [low, high] = [readings[after - 1], readings[after]]
  if (low === undefined || high === undefined) return undefined
  const share = (atNs - low.atNs) / (high.atNs - low.atNs)
  return low.cpuS + share * (high.cpuS - low.cpuS)
}
