import { readdirSync, readlinkSync } from 'node:fs'
import { readField, readText } from './proc.ts'

/** The kernel's number of the state LISTEN. */
const listening = '0A'

/**
 * Cores that the process listening at a local TCP port may use, as numbers. `undefined` when nobody can be found: it
 * belongs to another user, runs in another network namespace, or this is not Linux.
 */
export function coresOfListener(port: number): ReadonlySet<number> | undefined {
  const inodes = new Set(
    ['tcp', 'tcp6'].flatMap((table) => listenersIn(readText(`/proc/net/${table}`) ?? '', port)),
  )
  if (inodes.size === 0) return undefined
  const sockets = new Set([...inodes].map((inode) => `socket:[${inode}]`))
  const owner = entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => entries(`/proc/${pid}/fd`).some((fd) => sockets.has(link(`/proc/${pid}/fd/${fd}`))))
  return owner === undefined ? undefined : coresOf(owner)
}

/** Cores a process may use; `self` is this one. */
export function coresOf(pid: string): ReadonlySet<number> | undefined {
  const list = readField(`/proc/${pid}/status`, /^Cpus_allowed_list:\s*(\S+)/m)
  return list === undefined ? undefined : coreNumbers(list)
}

/** "0-2,7" as numbers. */
export function coreNumbers(list: string): ReadonlySet<number> {
  const numbers = list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
  return new Set(numbers)
}

/** Inodes of the sockets that listen at a port, in a table like /proc/net/tcp. */
export function listenersIn(table: string, port: number): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, address, , state]) => address?.endsWith(local) && state === listening)
    .flatMap((fields) => fields[9] ?? [])
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
