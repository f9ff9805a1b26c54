import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Clock } from '../model/clock.ts'
import { AssayError, exitCodes, messageOf } from '../model/errors.ts'
import { hostProc } from './process-tree.ts'
import { UsageWatch } from './usage.ts'

/** How a command came to its end. */
export interface CommandEnd {
  /** Absent when a signal ended it. */
  readonly code?: number
  readonly signal?: string
  /** The user ended it. */
  readonly interrupted: boolean
}

/** A command that was run, with what it cost. */
export interface RanCommand {
  readonly end: CommandEnd
  readonly startNs: number
  readonly endNs: number
  readonly usage: UsageWatch
}

/** A command on its way. */
export interface RunningCommand {
  /** Asks it to stop (SIGINT), then firmly (SIGTERM), then ends it (SIGKILL): one step a call. */
  interrupt(): void
  readonly done: Promise<RanCommand>
}

/** A child of the command may hold its output open after the command has ended. */
const outputGraceMs = 500
const steps = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
const posix = process.platform !== 'win32'

/**
 * Starts a command in a session of its own, so that a Ctrl-C in the terminal reaches it once, through `interrupt`.
 * What it prints goes to `logFile` and to `show`. Throws (from `done`) `audit-command-not-started`.
 */
export function runCommand(options: {
  readonly words: readonly string[]
  readonly logFile: string
  readonly clock: Clock
  show?(text: string): void
}): RunningCommand {
  const { words, logFile, clock, show } = options
  const [program = '', ...args] = words
  const log = createWriteStream(logFile)
  const usage = new UsageWatch(hostProc, clock)
  const startNs = clock.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: posix })
  const { pid } = child
  if (pid !== undefined) usage.follow(pid)
  let presses = 0
  const send = (signal: NodeJS.Signals) => {
    if (pid === undefined) return
    try {
      if (posix) process.kill(-pid, signal)
      else child.kill(signal)
    } catch {
      // Gone already.
    }
  }
  const endWithUs = () => send('SIGKILL')
  process.once('exit', endWithUs)

  const keep = async (stream: Readable) => {
    stream.on('data', (piece: Buffer) => {
      log.write(piece)
      show?.(piece.toString('utf8'))
    })
    await finished(stream).catch(() => {})
  }
  const output = Promise.all([keep(child.stdout), keep(child.stderr)])
  const ended = new Promise<{ code: number | null; signal: string | null; endNs: number }>(
    (resolve, reject) => {
      child.once('exit', (code, signal) => resolve({ code, signal, endNs: clock.now() }))
      child.once('error', (cause) => reject(notStarted(program, cause)))
    },
  )

  const finish = async (): Promise<RanCommand> => {
    try {
      const { code, signal, endNs } = await ended
      usage.close()
      await Promise.race([output, new Promise((resolve) => setTimeout(resolve, outputGraceMs).unref())])
      // Whatever it left behind must not outlive the server it talks to.
      send('SIGKILL')
      const interrupted = presses > 0
      const end = {
        ...(code === null ? {} : { code }),
        ...(signal === null ? {} : { signal }),
        interrupted,
      }
      return { end, startNs, endNs, usage }
    } finally {
      usage.close()
      process.off('exit', endWithUs)
      child.stdout.destroy()
      child.stderr.destroy()
      log.end()
      await finished(log).catch(() => {})
    }
  }
  return {
    interrupt() {
      send(steps[Math.min(presses, steps.length - 1)] as NodeJS.Signals)
      presses++
    },
    done: finish(),
  }
}

function notStarted(program: string, cause: Error): AssayError {
  const missing = 'code' in cause && cause.code === 'ENOENT'
  const why = missing ? 'there is no such command' : messageOf(cause)
  return new AssayError('audit-command-not-started', `Cannot start ${program}: ${why}.`, {
    hint: 'Write the command after -- as in a shell; for pipes or variables use: -- sh -c "…"',
    exitCode: exitCodes.usage,
    cause,
  })
}
