import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { messageOf } from '../../model/errors.ts'
import { endFamily, markVariable, ProcessFamily } from './family.ts'
import type { GuardLine, GuardOrder } from './guard-lines.ts'

/**
 * The guard of one engine: a process in a session of its own that starts the engine, in another session, and ends it and
 * all that it started when its standard input ends. So a Ctrl-C in the terminal reaches neither, and nothing outlives
 * Assay, however Assay ends. The first line of stdin is the order; the engine's output goes to stderr.
 */

const scanMs = 500

function tell(line: GuardLine<number>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

// Whoever started us may be gone by then: the engine must still be ended.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

let family: ProcessFamily | undefined
let patienceMs = 0
let ending = false

async function end(): Promise<void> {
  if (ending) return
  ending = true
  const left = family === undefined ? [] : await endFamily(family, patienceMs)
  if (left.length > 0) tell({ left })
  process.stdout.write('', () => process.exit(0))
}

function start({ words, env, mark, ...order }: GuardOrder): void {
  patienceMs = order.patienceMs
  const [program = '', ...args] = words
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env, [markVariable]: mark },
  })
  child.once('error', (error) => {
    tell({ failed: messageOf(error) })
    void end()
  })
  const { pid } = child
  if (pid === undefined) return
  const known = new ProcessFamily(pid, mark)
  family = known
  known.scan(false)
  tell({ started: pid })
  setInterval(() => known.scan(false), scanMs)
  // What the engine left behind goes with it.
  child.once('exit', (code, signal) => {
    tell({ exited: code === null ? `it was ended by ${signal}` : `it ended with code ${code}` })
    void end()
  })
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end())
process.stdin.once('error', () => void end())
createInterface({ input: process.stdin })
  .once('line', (line) => start(JSON.parse(line) as GuardOrder))
  .once('close', () => void end())
