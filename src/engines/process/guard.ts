import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { entryPath } from '../../model/entry.ts'
import type { Command } from '../recipe.ts'
import { endFamily, ProcessFamily } from './family.ts'
import type { GuardLine, GuardOrder } from './guard-lines.ts'

/** A program under guard. */
export interface Guarded {
  readonly pid: number
  readonly guardPid: number
  /** Resolves when it has ended, with how. */
  readonly exited: Promise<string>
  /** Ends it and everything it started; done when all of that is gone. Gives the ids of what would not go. */
  stop(): Promise<readonly number[]>
}

/**
 * Starts a program under a guard that ends it, and all it started, as soon as this process is gone.
 * Throws an Error with the system's words when the program cannot be started.
 */
export async function startGuarded(command: Command, logFile: string, patienceMs: number): Promise<Guarded> {
  const mark = randomUUID()
  const log = openSync(logFile, 'a')
  let guard: ChildProcess
  try {
    guard = spawn(process.execPath, [entryPath('engines/process/guard-child')], {
      detached: true,
      stdio: ['pipe', 'pipe', log],
    })
  } finally {
    closeSync(log)
  }
  let left: readonly number[] = []
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
  const pid = await new Promise<number>((resolve, reject) => {
    guard.once('error', reject)
    guard.once('close', () => {
      reject(new Error('its guard ended'))
      exited('its guard was ended')
    })
    if (guard.stdout === null) return
    createInterface({ input: guard.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as GuardLine
      if ('started' in line) resolve(line.started)
      else if ('failed' in line) reject(new Error(line.failed))
      else if ('exited' in line) exited(line.exited)
      else left = line.left
    })
    const order: GuardOrder = { ...command, mark, patienceMs }
    guard.stdin?.write(`${JSON.stringify(order)}\n`)
  })
  return {
    pid,
    guardPid: guard.pid ?? 0,
    exited: whenExited,
    async stop() {
      guard.stdin?.end()
      await guardGone
      // A guard that was itself killed has ended nothing.
      return guard.exitCode === 0 ? left : endFamily(new ProcessFamily(pid, mark), patienceMs)
    },
  }
}
