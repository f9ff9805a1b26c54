import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { startGuarded } from '../src/engines/process/guard.ts'
import { makeRng } from '../src/random/rng.ts'
import { temporaryFolder } from './measure.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Processes whose command line holds a text. */
function running(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark)
    } catch {
      return false
    }
  })
}

async function isGone(mark: string, limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += 50) {
    if (running(mark).length === 0) return true
    await pause(50)
  }
  return false
}

async function hasBegun(mark: string, count: number): Promise<void> {
  for (let waitedMs = 0; running(mark).length < count; waitedMs += 20) {
    if (waitedMs > 10_000) throw new Error(`only ${running(mark).length} of ${count} processes began`)
    await pause(20)
  }
}

/** A program that ignores TERM and leaves a child in its group and an orphan in a session of its own. */
const stubborn = (mark: string) => [
  'python3',
  '-c',
  `
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
nap = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)", "${mark}"]
subprocess.Popen(nap)
if os.fork() == 0:
    os.setsid()
    subprocess.Popen(nap, start_new_session=True)
    os._exit(0)
time.sleep(300)
`,
]

describe('a guarded program', () => {
  test('that is stopped takes everything it started with it, though it ignores TERM', async () => {
    const mark = `assay-${randomUUID()}`
    const guarded = await startGuarded(
      { words: stubborn(mark), env: {} },
      join(temporaryFolder(), 'log'),
      200,
    )
    await hasBegun(mark, 3)
    expect(await guarded.stop()).toEqual([])
    expect(running(mark)).toEqual([])
  })

  test('that ends by itself says how, and its children go with it', async () => {
    const mark = `assay-${randomUUID()}`
    const words = [
      'sh',
      '-c',
      `sleep 300 ${mark} & python3 -c 'import time; time.sleep(300)' ${mark} & sleep 0.3; exit 7`,
    ]
    const guarded = await startGuarded({ words, env: {} }, join(temporaryFolder(), 'log'), 200)
    expect(await guarded.exited).toBe('it ended with code 7')
    expect(await isGone(mark, 5000)).toBe(true)
    await guarded.stop()
  })

  test('that does not exist is an error in the system’s words', async () => {
    const command = { words: ['/no/such/program'], env: {} }
    await expect(startGuarded(command, join(temporaryFolder(), 'log'), 200)).rejects.toThrowError('ENOENT')
  })

  test('is ended by Assay itself when its guard was killed', async () => {
    const mark = `assay-${randomUUID()}`
    const guarded = await startGuarded(
      { words: stubborn(mark), env: {} },
      join(temporaryFolder(), 'log'),
      200,
    )
    await hasBegun(mark, 3)
    process.kill(guarded.guardPid, 'SIGKILL')
    expect(await guarded.stop()).toEqual([])
    expect(running(mark)).toEqual([])
  })

  test('writes its output into its log', async () => {
    const log = join(temporaryFolder(), 'log')
    const guarded = await startGuarded({ words: ['sh', '-c', 'echo out; echo err >&2'], env: {} }, log, 200)
    await guarded.exited
    await guarded.stop()
    expect(readFileSync(log, 'utf8')).toBe('out\nerr\n')
  })
})

const rng = makeRng(7)
test.each(
  Array.from({ length: 10 }, () => rng.int(0, 800)),
)('kill -9 of the parent after %i ms leaves nothing', async (afterMs) => {
  const mark = `assay-${randomUUID()}`
  const parent = fileURLToPath(new URL('guard-parent.mjs', import.meta.url))
  const child = spawn(process.execPath, [parent, join(temporaryFolder(), 'log'), ...stubborn(mark)], {
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  // From the moment that the parent runs: before the guard is there, while it starts, and after.
  await pause(afterMs)
  child.kill('SIGKILL')
  await ended
  // Whoever was about to start has done so by then.
  await pause(500)
  expect(await isGone(mark, 10_000)).toBe(true)
})
