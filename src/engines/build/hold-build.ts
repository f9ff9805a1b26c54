import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { AssayError, exitCodes } from '../../model/errors.ts'

/** Keeps others from making the same build; gives how to let go. Throws `build-busy` while another process is at it. */
export function holdBuild(folder: string): () => void {
  const path = `${folder}.lock`
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (cause) {
      if ((cause as { code?: string }).code !== 'EEXIST') throw cause
      const pid = ownerOf(path)
      if (pid !== undefined && isAlive(pid)) {
        throw new AssayError('build-busy', `Process ${pid} is making this build: ${folder}.`, {
          hint: 'Wait until it is done: the build is then there for all.',
          exitCode: exitCodes.target,
        })
      }
      // Its owner was killed.
      rmSync(path, { force: true })
    }
  }
  throw new AssayError('build-busy', `Another process is making this build: ${folder}.`, {
    hint: 'Wait until it is done: the build is then there for all.',
    exitCode: exitCodes.target,
  })
}

function ownerOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
