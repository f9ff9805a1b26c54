// The machine a bench runs on, and which of its cores does what.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { progress } from './progress.mjs'

/** The text of a file, or undefined where there is none. */
export function textOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The cores this process may use, by number: `0-1,4` in /proc is [0, 1, 4]. */
function allowedCores() {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(textOf('/proc/self/status') ?? '')?.[1]
  if (list === undefined) return cpus().map((_, core) => core)
  return list.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

const allowed = allowedCores()
const hasTaskset = spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0
const [first = 0, second = first, third = second] = allowed
const last = allowed.at(-1) ?? first

/** Cores by what runs there: the server by itself, a client, and this program, which idles during a run. */
export const cores = {
  count: allowed.length,
  pinned: hasTaskset && allowed.length > 1,
  server: String(first),
  client: String(second),
  /** Of a client with two workers; needs four cores, so that the server keeps its own. */
  twoWorkers: `${second},${third}`,
  all: allowed.join(','),
  bench: String(allowed.length > 2 ? last : first),
}

/** A command line on certain cores. */
export function onCores(list, command, args) {
  return cores.pinned ? ['taskset', ['-c', list, command, ...args]] : [command, args]
}

/** Moves a running process, all of its threads, to certain cores. */
export function pin(pid, list) {
  if (cores.pinned) spawnSync('taskset', ['-a', '-p', '-c', list, String(pid)], { stdio: 'ignore' })
}

/** Open files a process may have at most: Node raises its own limit to the hard one. */
export function descriptorLimit() {
  const hard = /Max open files\s+\S+\s+(\S+)/.exec(textOf('/proc/self/limits') ?? '')?.[1]
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}

/** What every result says about where it was measured. */
export function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    usableCores: cores.count,
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${release()}`,
    node: process.version,
    pinned: cores.pinned ? { server: cores.server, client: cores.client, bench: cores.bench } : undefined,
    descriptorLimit: descriptorLimit(),
    loadAverage: loadavg()[0],
  }
}

/** Prints where this runs, moves this program out of the client's way, and returns `machine()`. */
export function introduce(title) {
  const here = machine()
  pin(process.pid, cores.bench)
  console.log(title)
  console.log(
    `${here.cores} cores (${here.cpu}), ${here.memoryGb} GB, ${here.platform}, Node ${here.node}; ` +
      (cores.pinned ? `server on core ${cores.server}, client on core ${cores.client}` : 'nothing pinned'),
  )
  if (!cores.pinned) progress('taskset is missing, or there is one core: server and client share cores')
  if (here.loadAverage > 0.5) {
    console.log(
      `The machine was not idle (load average ${here.loadAverage.toFixed(2)}): figures are not to be used.`,
    )
  }
  console.log()
  return here
}
