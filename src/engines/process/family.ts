import { readdirSync, readFileSync } from 'node:fs'

/** Name of the environment variable that marks an engine's processes: whoever inherits it belongs to the engine. */
export const markVariable = 'ASSAY_LAUNCH'

/** proc(5), stat, as far as it is needed. */
interface Stat {
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Clock ticks after boot: with the id, the name of a process for good. */
  readonly startTicks: number
}

/**
 * The processes of one engine: the first one, its descendants, its group and session, and whoever carries its mark though
 * it left all of these. On systems without /proc only the group is known.
 */
export class ProcessFamily {
  readonly #rootPid: number
  readonly #mark: string
  readonly #members = new Map<number, number>()

  constructor(rootPid: number, mark: string) {
    this.#rootPid = rootPid
    this.#mark = mark
  }

  /**
   * Looks at all processes and remembers those that belong. `marks`: reads their environments too, which takes longer
   * but also finds whoever was started and orphaned between two looks.
   */
  scan(marks: boolean): void {
    const stats = readStats()
    const isMember = (pid: number, { parent, group, session, startTicks }: Stat) =>
      this.#members.get(pid) === startTicks ||
      pid === this.#rootPid ||
      group === this.#rootPid ||
      session === this.#rootPid ||
      this.#members.has(parent)
    // Children are found through their parents, whatever the order of ids.
    for (let found = true; found; ) {
      found = false
      for (const [pid, stat] of stats) {
        if (this.#members.get(pid) === stat.startTicks) continue
        if (!isMember(pid, stat) && !(marks && this.#isMarked(pid))) continue
        this.#members.set(pid, stat.startTicks)
        found = true
      }
      for (const [pid, startTicks] of this.#members) {
        if (stats.get(pid)?.startTicks !== startTicks) this.#members.delete(pid)
      }
    }
  }

  /** Ids of the members that run; a zombie has ended. Looks at all processes first. */
  alive(): number[] {
    this.scan(true)
    const stats = readStats()
    return [...this.#members].flatMap(([pid, startTicks]) => {
      const stat = stats.get(pid)
      return stat === undefined || stat.startTicks !== startTicks || 'ZX'.includes(stat.state) ? [] : [pid]
    })
  }

  /** Sends a signal to all of them, and to the group. */
  signal(signal: NodeJS.Signals): void {
    for (const pid of [-this.#rootPid, ...this.alive()]) send(pid, signal)
  }

  #isMarked(pid: number): boolean {
    if (pid === process.pid) return false
    return readProc(`${pid}/environ`)?.includes(`${markVariable}=${this.#mark}`) === true
  }
}

const pollMs = 50
/** A process that does not end after KILL waits for the kernel; nothing more can be done. */
const killPatienceMs = 10_000

/** Ends a family: TERM, and KILL for those that are left after `patienceMs`. Gives the ids of those that would not go. */
export async function endFamily(family: ProcessFamily, patienceMs: number): Promise<readonly number[]> {
  family.signal('SIGTERM')
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    if (family.alive().length === 0) return []
    await pause()
  }
  for (let waitedMs = 0; waitedMs < killPatienceMs; waitedMs += pollMs) {
    if (family.alive().length === 0) return []
    // Again each time: some may have been made meanwhile.
    family.signal('SIGKILL')
    await pause()
  }
  return family.alive()
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMs))
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already.
  }
}

function readStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>()
  for (const pid of readPids()) {
    const text = readProc(`${pid}/stat`)
    if (text === undefined) continue
    // The name in brackets may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state = '', parent, group, session] = fields
    const startTicks = Number(fields[19])
    stats.set(pid, {
      state,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      startTicks,
    })
  }
  return stats
}

function readPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1')
  } catch {
    return undefined
  }
}
