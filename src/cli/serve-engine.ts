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
  const watch =
    running.ended === undefined ? watchProcesses(running.pids, logFile) : watchEnd(running.ended, logFile)
  try {
    await Promise.race([told, watch.gone])
  } finally {
    watch.close()
    await running.stop()
  }
  return exitCodes.ok
}

/** What a user needs to talk to the server. */
export function welcome({ urls, dialect, model, notices }: RunningEngine, logFile: string): string {
  const chat = { model, max_tokens: 32, messages: [{ role: 'user', content: 'Hello' }] }
  const completions = { model, max_tokens: 32, prompt: 'Hello' }
  const [path, body] =
    dialect === 'openai-chat' ? ['/v1/chat/completions', chat] : ['/v1/completions', completions]
  const [url = ''] = urls
  return [
    `Serving ${model} at ${urls.join(', ')} (Ctrl-C ends it).`,
    ...notices.map((notice) => `notice: ${notice}`),
    `Log: ${logFile === '/dev/stderr' ? 'here, on stderr' : logFile}`,
    '',
    ...(dialect.startsWith('openai-')
      ? [`  curl ${url}${path} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`]
      : []),
    `  assay quick ${urls.join(' ')} --dialect ${dialect}`,
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

function endedByItself(how: string, logFile: string): AssayError {
  return new AssayError('engine-ended', `The engine ended by itself${how}.`, {
    hint: `Its log says why: ${logFile}`,
    exitCode: exitCodes.target,
  })
}

function watchEnd(ended: Promise<string>, logFile: string): ReturnType<typeof watchProcesses> {
  const gone = ended.then((how) => Promise.reject(endedByItself(`: ${how}`, logFile)))
  // Nobody waits any more when it is stopped.
  gone.catch(() => {})
  return { gone, close() {} }
}

function watchProcesses(pids: readonly number[], logFile: string): { gone: Promise<never>; close(): void } {
  let timer: NodeJS.Timeout | undefined
  const gone = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      try {
        for (const pid of pids) process.kill(pid, 0)
      } catch {
        reject(endedByItself('', logFile))
      }
    }, watchMs)
  })
  return { gone, close: () => clearInterval(timer) }
}
