// Programs under watch: CPU time and resident memory of a process and all below it, from /proc.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { onCores, textOf } from './machine.mjs'

const ticksPerSecond = 100
const pageBytes = 4096
const nowNs = () => process.hrtime.bigint()
const secondsSince = (ns) => Number(nowNs() - ns) / 1e9

/** One process: its parent, CPU time of all its threads (ended ones too) and resident memory; undefined when gone. */
function processOf(pid) {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The second field is a name that may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    parent: Number(fields[1]),
    cpuS: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    childrenCpuS: (Number(fields[13]) + Number(fields[14])) / ticksPerSecond,
    bytes: Number(fields[21]) * pageBytes,
  }
}

/** CPU seconds of one process so far, with all of its threads. */
export const cpuOf = (pid) => processOf(pid)?.cpuS ?? 0

/** Follows a tree of processes; reads of strangers' files are kept few, as they disturb the server's core. */
class Tree {
  #root
  #members
  #strangers = new Set()

  constructor(root) {
    this.#root = root
    this.#members = new Set([root])
  }

  /** The living members, with their command lines. */
  look() {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    const fresh = pids.map(Number).filter((pid) => !this.#members.has(pid) && !this.#strangers.has(pid))
    const parents = new Map(fresh.map((pid) => [pid, processOf(pid)?.parent]))
    const belongs = (pid) => this.#members.has(pid) || (parents.has(pid) && belongs(parents.get(pid)))
    for (const pid of fresh) (belongs(pid) ? this.#members : this.#strangers).add(pid)
    return [...this.#members].flatMap((pid) => {
      const process = processOf(pid)
      if (process !== undefined) return [{ ...process, command: textOf(`/proc/${pid}/cmdline`) ?? '' }]
      if (pid !== this.#root) this.#members.delete(pid)
      return []
    })
  }
}

const running = new Set()
function endAll() {
  for (const child of running) endGroup(child)
}
function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
process.on('exit', endAll)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/**
 * Runs a program to its end on certain cores.
 *
 * `load` is what it used until its load was drained, which is when `drained(command lines)` first holds; without
 * `drained` that is its end. `total` is all it used, children that did the reporting included. Memory is looked at
 * every `everyMs`; the peak of the first process is the kernel's own.
 *
 * With `endWhenDrained` it is ended at that moment, which is no failure.
 *
 * Never rejects: a program that cannot be started, fails, or takes longer than `timeoutS` says so in `failure`.
 */
export function watch(
  command,
  args,
  { cores, timeoutS, drained, everyMs = 200, cwd, onSample, endWhenDrained },
) {
  const [program, rest] = onCores(cores, command, args)
  const startedNs = nowNs()
  const before = processOf(process.pid)?.childrenCpuS ?? 0
  // A group of its own, so that all of it can be ended.
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  })
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout = (stdout + text).slice(-1_000_000)
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4000)
  })
  const load = { cpuS: 0, peakMb: 0, peakOneMb: 0 }
  let finished = false
  let peakAfterMb = 0
  const tree = child.pid === undefined ? undefined : new Tree(child.pid)
  const look = () => {
    const members = tree?.look() ?? []
    const mb = members.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
    finished ||= drained?.(members.map((member) => member.command)) === true
    if (finished) {
      peakAfterMb = Math.max(peakAfterMb, mb)
    } else {
      const cpuS = members.reduce((sum, member) => sum + member.cpuS + member.childrenCpuS, 0)
      load.cpuS = Math.max(load.cpuS, cpuS)
      const highKb = Number(/VmHWM:\s*(\d+)/.exec(textOf(`/proc/${child.pid}/status`) ?? '')?.[1] ?? 0)
      load.peakOneMb = Math.max(load.peakOneMb, (highKb * 1024) / 1e6)
      load.peakMb = Math.max(load.peakMb, load.peakOneMb, mb)
      onSample?.({ s: secondsSince(startedNs), mb, cpuS })
    }
    return members
  }
  let late = false
  const sampling = setInterval(() => {
    const before = finished
    const members = look()
    // Its own time until the moment the reporting child appeared: while that works, the first process only waits.
    if (finished && !before && endWhenDrained === true) endGroup(child)
    if (finished && !before) load.cpuS = members.find(({ pid }) => pid === child.pid)?.cpuS ?? load.cpuS
  }, everyMs)
  const limit = setTimeout(() => {
    late = true
    endGroup(child)
  }, timeoutS * 1000)
  return new Promise((resolve) => {
    const over = (code, failure) => {
      clearInterval(sampling)
      clearTimeout(limit)
      running.delete(child)
      const totalCpuS = (processOf(process.pid)?.childrenCpuS ?? 0) - before
      if (!finished) load.cpuS = Math.max(load.cpuS, totalCpuS)
      const wallS = secondsSince(startedNs)
      resolve({ code, failure, stdout, stderr, wallS, load, totalCpuS, peakAfterMb, startedNs })
    }
    child.once('error', (error) => over(null, error.message))
    child.once('close', (code) => {
      const words = stderr.trim().split('\n').at(-1)
      if (late) over(code, `took longer than ${timeoutS} s`)
      else if (finished && endWhenDrained === true) over(code)
      else over(code, code === 0 ? undefined : `ended with code ${code}: ${words}`)
    })
  })
}
