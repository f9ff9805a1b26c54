import { type ChildProcess, spawn } from 'node:child_process'
import { entryPath } from '../src/model/entry.ts'

export interface CliResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly done: Promise<CliResult>
  /** Resolves when stderr so far matches. */
  sees(pattern: RegExp): Promise<void>
}

/** Starts the built command as a user would, without a terminal; runs are calibrated only when the test asks for it. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCli {
  const measures = args[0] === 'quick' || args[0] === 'run'
  const quicker = measures && !args.includes('--calibrate') && !args.includes('--help')
  const all = quicker ? [...args, '--calibrate', 'skip'] : args
  const child = spawn(process.execPath, [entryPath('bin/main'), ...all], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let stdout = ''
  let stderr = ''
  const waiting: { pattern: RegExp; resolve: () => void }[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const { pattern, resolve } of waiting) if (pattern.test(stderr)) resolve()
  })
  const done = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return {
    child,
    done,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        if (pattern.test(stderr)) resolve()
        waiting.push({ pattern, resolve })
        void done.then(() => reject(new Error(`assay ended without saying ${pattern}:\n${stderr}`)))
      }),
  }
}

/** Runs the built command to its end. */
export function runCli(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliResult> {
  return startCli(args, env).done
}
