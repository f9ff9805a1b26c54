import { readdirSync, readFileSync } from 'node:fs'

/** Where processes are read from: /proc, or a double in tests. */
export interface ProcFiles {
  /** Ids of all processes; empty where there is no /proc. */
  pids(): number[]
  /** A file below /proc, such as `42/stat`; `undefined` when it has gone. */
  read(path: string): string | undefined
}

/** What a command and everything it started hold at one instant. */
export interface TreeReading {
  readonly processes: number
  /** CPU of those alive and of the ended children they waited for, s. */
  readonly cpuS: number
  /** Largest peak of a single process. */
  readonly peakRssBytes: number
  /** All of them together now; pages they share count once each. */
  readonly treeRssBytes: number
}

/** USER_HZ: 100 on every Linux that Node runs on. */
const ticksPerS = 100
const bytesPerKb = 1024

/** The processes of this host. */
export const hostProc: ProcFiles = {
  pids() {
    try {
      return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
    } catch {
      return []
    }
  },
  read(path) {
    try {
      return readFileSync(`/proc/${path}`, 'utf8')
    } catch {
      return undefined
    }
  },
}

interface Stat {
  readonly parent: number
  readonly session: number
  readonly ownTicks: number
  /** Of ended children that were waited for. */
  readonly childTicks: number
}

/** proc(5), stat: a name in brackets that may hold anything, then fields from the third on. */
function readStat(files: ProcFiles, pid: number | 'self'): Stat | undefined {
  const text = files.read(`${pid}/stat`)
  if (text === undefined) return undefined
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [, parent, , session] = fields
  const [user, system, childUser, childSystem] = fields.slice(11, 15)
  if (parent === undefined || session === undefined || childSystem === undefined) return undefined
  const ownTicks = (user ?? 0) + (system ?? 0)
  return { parent, session, ownTicks, childTicks: (childUser ?? 0) + childSystem }
}

/**
 * Reads a process and all it started: its descendants, and whoever is still in the session it leads though its parent
 * has gone. `undefined` when none is left, and where there is no /proc.
 */
export function readTree(files: ProcFiles, rootPid: number): TreeReading | undefined {
  const stats = new Map<number, Stat>()
  for (const pid of files.pids()) {
    const stat = readStat(files, pid)
    if (stat !== undefined) stats.set(pid, stat)
  }
  const belongs = (pid: number, seen = 0): boolean => {
    const stat = stats.get(pid)
    if (pid === rootPid || stat?.session === rootPid) return true
    return stat !== undefined && seen < stats.size && belongs(stat.parent, seen + 1)
  }
  let processes = 0
  let ticks = 0
  let peakKb = 0
  let treeKb = 0
  for (const [pid, stat] of stats) {
    if (!belongs(pid)) continue
    processes++
    ticks += stat.ownTicks + stat.childTicks
    const status = files.read(`${pid}/status`) ?? ''
    peakKb = Math.max(peakKb, kbOf(status, 'VmHWM'))
    treeKb += kbOf(status, 'VmRSS')
  }
  if (processes === 0) return undefined
  return {
    processes,
    cpuS: ticks / ticksPerS,
    peakRssBytes: peakKb * bytesPerKb,
    treeRssBytes: treeKb * bytesPerKb,
  }
}

function kbOf(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0)
}

/** CPU of the ended children of this process and of theirs, s; `undefined` where there is no /proc. */
export function endedChildrenCpuS(files: ProcFiles): number | undefined {
  const stat = readStat(files, 'self')
  return stat === undefined ? undefined : stat.childTicks / ticksPerS
}
