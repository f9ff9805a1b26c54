import { closeSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadEngine } from '../engines/index.ts'
import type { RunningEngine } from '../model/engine.ts'
import { AssayError, type ExitCode, exitCodes } from '../model/errors.ts'
import type { SignalSource } from './interrupts.ts'
import type { Terminal } from './terminal.ts'

const watchMs = 1000

/** Serves an engine until a signal. Throws `engine-ended` when the engine ends by itself. */
export async function serveEngine(
  name: string,
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  signals: SignalSource,
): Promise<ExitCode> {
  const engine = await loadEngine(name)
  engine.checkOptions(options)
  const abort = new AbortController()
  const told = new Promise<void>((resolve) => {
    const end = () => {
      abort.abort()
      resolve()
    }
    signals.on('SIGINT', end)
    signals.on('SIGTERM', end)
  })
  const logFile = logFileOfServer(name)
  const progress = (message: string) => terminal.err(`${message}\n`)
  let running: RunningEngine
  try {
    running = await engine.start(options, { logFile, progress, signal: abort.signal })
  } catch (error) {
    if (abort.signal.aborted) return exitCodes.interrupted
    throw error
  }
  terminal.err(`${welcome(running, logFile)}\n`)
  const watch = watchProcess(running.pid, logFile)
  try {
    await Promise.race([told, watch.gone])
  } finally {
    watch.close()
    await running.stop()
  }
  return exitCodes.ok
}

/** What a user needs to talk to the server. */
export function welcome({ url, model, notices }: RunningEngine, logFile: string): string {
  const body = JSON.stringify({ model, max_tokens: 32, messages: [{ role: 'user', content: 'Hello' }] })
  return [
    `Serving ${model} at ${url} (Ctrl-C ends it).`,
    ...notices.map((notice) => `notice: ${notice}`),
    `Log: ${logFile === '/dev/stderr' ? 'here, on stderr' : logFile}`,
    '',
    `  curl ${url}/v1/chat/completions -H 'Content-Type: application/json' -d '${body}'`,
    `  assay quick ${url}`,
    '',
  ].join('\n')
}

/** stderr where it can be opened by path (not on Windows, nor when it is a socket), else a file. */
function logFileOfServer(name: string): string {
  try {
    closeSync(openSync('/dev/stderr', 'a'))
    return '/dev/stderr'
  } catch {
    return join(tmpdir(), `assay-${name}-${process.pid}.log`)
  }
}

function watchProcess(pid: number, logFile: string): { gone: Promise<never>; close(): void } {
  let timer: NodeJS.Timeout | undefined
  const gone = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      try {
        process.kill(pid, 0)
      } catch {
        const hint = `Its log says why: ${logFile}`
        reject(
          new AssayError('engine-ended', 'The engine ended by itself.', { hint, exitCode: exitCodes.target }),
        )
      }
    }, watchMs)
  })
  return { gone, close: () => clearInterval(timer) }
}
