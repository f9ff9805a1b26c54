import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { entryPath } from '../../model/entry.ts'
import { AssayError, exitCodes } from '../../model/errors.ts'
import type { GuardLine } from './guard-lines.ts'

/** A guard whose charge has started. */
export interface GuardLink<Id> {
  readonly started: Id
  readonly guardPid: number
  /** Resolves when the charge has ended, with how. */
  readonly exited: Promise<string>
  /** Has the guard end its charge. `whole`: it did; else it was killed itself. `left`: what would not go. */
  end(): Promise<{ readonly whole: boolean; readonly left: readonly Id[] }>
}

/** What to start a guard with. */
export interface GuardStart {
  /** Its built file, below dist/. */
  readonly entry: string
  /** Its first line. */
  readonly order: object
  /** Where the engine's output goes. */
  readonly logFile: string
  /** Gives up a start that has not come to its end. */
  readonly signal?: AbortSignal
}

/**
 * Starts a guard, a process that ends its charge as soon as this process is gone, and waits until it has started it.
 * Throws an Error in the words of whoever could not start it.
 */
export async function linkGuard<Id>({ entry, order, logFile, signal }: GuardStart): Promise<GuardLink<Id>> {
  const log = openSync(logFile, 'a')
  let guard: ChildProcess
  try {
    guard = spawn(process.execPath, [entryPath(entry)], { detached: true, stdio: ['pipe', 'pipe', log] })
  } finally {
    closeSync(log)
  }
  let left: readonly Id[] = []
  let exited = (_how: string) => {}
  const whenExited = new Promise<string>((resolve) => {
    exited = resolve
  })
  const guardGone = new Promise<void>((resolve) => {
    guard.once('close', () => resolve())
    guard.once('error', () => resolve())
  })
  // A guard that is gone already cannot be told anything.
  guard.stdin?.on('error', () => {})
  const giveUp = () => guard.stdin?.end()
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const started = await new Promise<Id>((resolve, reject) => {
      guard.once('error', reject)
      guard.once('close', () => {
        reject(signal?.aborted ? interrupted() : new Error('its guard ended'))
        exited('its guard was ended')
      })
      if (guard.stdout === null) return
      createInterface({ input: guard.stdout }).on('line', (text) => {
        const line = JSON.parse(text) as GuardLine<Id>
        if ('started' in line) resolve(line.started)
        else if ('failed' in line) reject(failure(line))
        else if ('exited' in line) exited(line.exited)
        else left = line.left
      })
      guard.stdin?.write(`${JSON.stringify(order)}\n`)
      if (signal?.aborted) giveUp()
    })
    return {
      started,
      guardPid: guard.pid ?? 0,
      exited: whenExited,
      async end() {
        guard.stdin?.end()
        await guardGone
        return { whole: guard.exitCode === 0, left }
      },
    }
  } catch (error) {
    // Whatever it had begun is gone by then.
    giveUp()
    await guardGone
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

function failure({ failed, code, hint }: Extract<GuardLine<unknown>, { failed: string }>): Error {
  return code === undefined
    ? new Error(failed)
    : new AssayError(code, failed, { ...(hint && { hint }), exitCode: exitCodes.target })
}

function interrupted(): AssayError {
  return new AssayError('interrupted', 'Interrupted while the engine was started.', {
    exitCode: exitCodes.interrupted,
  })
}
