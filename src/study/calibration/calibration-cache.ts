import { createHash } from 'node:crypto'
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../../model/cache-folder.ts'
import { calibrationPaths, readCalibrationFacts, writeCalibrationFacts } from '../../store/calibration.ts'

/** A calibration says how this host was; after this long it is measured anew. */
const keptDays = 7
const msPerDay = 86_400_000

/** Copies a fresh enough calibration of the same shape into a run folder; false when there is none. */
export async function takeFromCache(key: string, runFolder: string, nowMs: number): Promise<boolean> {
  const kept = calibrationPaths(entryOf(key))
  const own = calibrationPaths(runFolder)
  try {
    const { mtimeMs } = await stat(kept.facts)
    if (nowMs - mtimeMs > keptDays * msPerDay) return false
    await cp(kept.folder, own.folder, { recursive: true })
    const facts = await readCalibrationFacts(own)
    if (facts === undefined) return false
    writeCalibrationFacts(own, { ...facts, cached: true })
    return true
  } catch {
    // A cache that cannot be read is no cache.
    await rm(own.folder, { recursive: true, force: true })
    return false
  }
}

/** Keeps a converted calibration for later runs of the same shape. A cache that cannot be written changes nothing. */
export async function putIntoCache(key: string, runFolder: string): Promise<void> {
  const entry = entryOf(key)
  const temporary = `${entry}.${process.pid}`
  try {
    await mkdir(temporary, { recursive: true })
    await cp(calibrationPaths(runFolder).folder, calibrationPaths(temporary).folder, { recursive: true })
    await rm(entry, { recursive: true, force: true })
    await rename(temporary, entry)
  } catch {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
  }
}

function entryOf(key: string): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  return join(cacheFolder(), 'calibrations', name)
}
