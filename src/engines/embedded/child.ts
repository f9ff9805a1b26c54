import { type ChildProcess, spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { StartContext } from '../../model/engine.ts'
import { entryPath } from '../../model/entry.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'
import { type ChildLine, fromChildError, type Ready } from './child-lines.ts'
import type { EmbeddedOptions } from './options.ts'

/** A server process that answers. */
export interface ServerChild {
  readonly pid: number
  readonly ready: Ready
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

/** A process asked to end is killed after this. */
const patienceMs = 5000

/** Starts the server's process and waits until it answers. Throws what the process says is wrong. */
export async function startServerChild(
  options: EmbeddedOptions,
  context: StartContext,
): Promise<ServerChild> {
  const logFile = await open(context.logFile, 'a')
  let child: ChildProcess
  try {
    const path = entryPath('engines/embedded/server-child')
    child = spawn(process.execPath, [path, JSON.stringify(options)], {
      // stdin stays open and empty: its end tells the child that its parent is gone.
      stdio: ['pipe', 'pipe', logFile.fd],
    })
  } finally {
    await logFile.close()
  }
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await gone
    clearTimeout(kill)
  }
  try {
    const ready = await whenReady(child, context)
    const { pid } = child
    if (pid === undefined) throw ended(context)
    return { pid, ready, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function whenReady(child: ChildProcess, context: StartContext): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const { signal } = context
    const interrupted = () =>
      reject(
        new AssayError('interrupted', 'Interrupted while the embedded engine started.', {
          exitCode: exitCodes.interrupted,
        }),
      )
    if (signal?.aborted) interrupted()
    signal?.addEventListener('abort', interrupted, { once: true })
    child.once('error', reject)
    // `close` comes after the last line, `exit` may come before it.
    child.once('close', () => reject(ended(context)))
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (text) => {
      // Native code may write to stdout too; our lines are JSON objects.
      if (!text.startsWith('{')) return
      const line = JSON.parse(text) as ChildLine
      if ('progress' in line) context.progress(line.progress)
      else if ('error' in line) reject(fromChildError(line.error))
      else {
        signal?.removeEventListener('abort', interrupted)
        resolve(line.ready)
      }
    })
  })
}

function ended(context: StartContext): AssayError {
  return new AssayError('embedded-failed', 'The embedded engine ended before it was ready.', {
    hint: `Its log says why: ${context.logFile}`,
    exitCode: exitCodes.target,
  })
}
