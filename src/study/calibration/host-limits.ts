import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../model/cache-folder.ts'
import type { SafeLoad } from '../../model/calibration.ts'
import type { HostInfo } from '../../model/run.ts'
import { writeWhole } from '../../store/write-whole.ts'

/** Remembers what a sweep found this host to carry; a cache that cannot be written changes nothing. */
export async function keepLimits(host: HostInfo, safe: SafeLoad): Promise<void> {
  try {
    await mkdir(folder(), { recursive: true })
    writeWhole(fileOf(host), JSON.stringify(safe))
  } catch {
    // The next sweep will tell again.
  }
}

/** What the last sweep on this host, with this Node, found; `undefined` without one. */
export async function knownLimits(host: HostInfo): Promise<SafeLoad | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(host), 'utf8')) as SafeLoad
  } catch {
    return undefined
  }
}

function folder(): string {
  return join(cacheFolder(), 'calibrations')
}

function fileOf(host: HostInfo): string {
  const { hostname, kernel, cpu, cores, usableCores, affinity, node, nodeFlags } = host
  const key = JSON.stringify([hostname, kernel, cpu, cores, usableCores, affinity, node, nodeFlags])
  return join(folder(), `host-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
}
