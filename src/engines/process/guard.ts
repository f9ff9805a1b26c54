import { randomUUID } from 'node:crypto'
import type { Command } from '../recipe.ts'
import { endFamily, ProcessFamily } from './family.ts'
import type { GuardOrder } from './guard-lines.ts'
import { linkGuard } from './guard-link.ts'

/** An engine under guard. */
export interface Guarded {
  /** Its first process; absent for a container, which has its own numbers. */
  readonly pid?: number
  readonly guardPid: number
  /** Resolves when it has ended, with how. */
  readonly exited: Promise<string>
  /** Ends it and everything it started; done when all of that is gone. Gives what would not go. */
  stop(): Promise<readonly (number | string)[]>
}

/**
 * Starts a program under a guard that ends it, and all it started, as soon as this process is gone.
 * Throws an Error with the system's words when the program cannot be started.
 */
export async function startGuarded(command: Command, logFile: string, patienceMs: number): Promise<Guarded> {
  const mark = randomUUID()
  const order: GuardOrder = { ...command, mark, patienceMs }
  const link = await linkGuard<number>({ entry: 'engines/process/guard-child', order, logFile })
  return {
    pid: link.started,
    guardPid: link.guardPid,
    exited: link.exited,
    async stop() {
      const { whole, left } = await link.end()
      // A guard that was itself killed has ended nothing.
      return whole ? left : endFamily(new ProcessFamily(link.started, mark), patienceMs)
    },
  }
}
