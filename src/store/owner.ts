import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AssayError, exitCodes } from '../model/errors.ts'
import { storageError } from './storage-error.ts'

/** A process, told apart from a later one with the same number where the system allows it (Linux). */
interface Owner {
  readonly pid: number
  readonly bootId?: string
  /** Clock ticks from boot to the start of the process. */
  readonly startTicks?: string
}

/** Writes into a folder that this process works in it. */
export async function claim(folder: string): Promise<void> {
  const path = join(folder, 'owner.json')
  const owner = await describe(process.pid)
  await writeFile(path, `${JSON.stringify(owner)}\n`).catch((error) => {
    throw storageError('write', path, error)
  })
}

/**
 * Refuses a folder that another living process works in; this process and its parent are no strangers.
 * @param folder one that was claimed, or does not exist
 * @throws AssayError `in-use`
 */
export async function checkUnclaimed(folder: string): Promise<void> {
  const owner = await ownerOf(folder)
  if (owner === undefined || owner.pid === process.pid || owner.pid === process.ppid) return
  if (!(await isAlive(owner))) return
  throw new AssayError('in-use', `${folder} is in use by process ${owner.pid}.`, {
    hint: 'Wait until that process has ended, then try again.',
    exitCode: exitCodes.storage,
  })
}

async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8'))
    return isOwner(owner) ? owner : undefined
  } catch {
    // A claim that was never made, or was cut by a crash, is nobody's.
    return undefined
  }
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number'
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = await describe(owner.pid)
  return now.bootId === owner.bootId && now.startTicks === owner.startTicks
}

async function describe(pid: number): Promise<Owner> {
  const [bootId, stat] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined),
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
  ])
  // The second field is a name that may hold spaces and brackets; the start time is the 20th field after it.
  const startTicks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return {
    pid,
    ...(bootId === undefined ? {} : { bootId: bootId.trim() }),
    ...(startTicks === undefined ? {} : { startTicks }),
  }
}
